#pragma once

#include <string>
#include <vector>

namespace finetune::apps {

/// What a command takes.
struct CommandShape {
  std::string name;
  std::vector<std::string> options;  ///< "--resume", ...
  bool takes_overrides = false;
};

/// Says of arguments that nobody took what is wrong with the first that looks like an option, else
/// with the first. Empty where there is none but "--".
std::string describe_extras(const std::vector<std::string>& extras, const CommandShape& command);

}  // namespace finetune::apps
