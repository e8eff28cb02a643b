#pragma once

#include <filesystem>
#include <string>

#include "run/inference.h"

namespace finetune::apps {

struct PredictArguments {
  std::filesystem::path model;  ///< a run, a checkpoint or a Hugging Face folder
  std::string data;             ///< a data file; empty: lines of stdin
  run::ColumnOptions columns;
  bool prints_text = false;  ///< --format text: the label only
  bool has_pairs = false;    ///< lines hold two texts, separated by a tab
};

int run_predict(const PredictArguments& arguments);

}  // namespace finetune::apps
