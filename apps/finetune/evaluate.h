#pragma once

#include <filesystem>
#include <string>

#include "run/inference.h"

namespace finetune::apps {

struct EvaluateArguments {
  std::filesystem::path model;
  std::string split;  ///< of the run; empty: "validation", unless `data` is given
  std::string data;
  run::ColumnOptions columns;
  bool prints_json = false;
};

int run_evaluate(const EvaluateArguments& arguments);

}  // namespace finetune::apps
