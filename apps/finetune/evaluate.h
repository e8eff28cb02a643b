#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "run/inference.h"

namespace finetune::apps {

struct EvaluateArguments {
  std::filesystem::path model;
  std::string split;  ///< of the run; empty: "validation", unless `data` is given
  std::string data;
  std::string target;  ///< plain text beside `data`, line by line; empty: the data file has it
  run::ColumnOptions columns;
  models::LoadOptions load;
  std::vector<std::string> overrides;  ///< as run::read_generation_overrides takes them
  bool prints_json = false;
};

int run_evaluate(const EvaluateArguments& arguments);

}  // namespace finetune::apps
