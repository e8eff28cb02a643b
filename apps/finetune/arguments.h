#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace finetune::apps {

/// A config file and what the command line changes in it.
struct ConfigArguments {
  std::filesystem::path config;
  std::vector<std::string> overrides;  ///< as run::read_run_config takes them
};

}  // namespace finetune::apps
