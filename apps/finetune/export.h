#pragma once

#include <filesystem>

#include "models/model.h"

namespace finetune::apps {

struct ExportArguments {
  std::filesystem::path source;  ///< a run, a checkpoint or a Hugging Face folder
  std::filesystem::path target;
  bool overwrites = false;
  models::LoadOptions load;
};

/// finetune export RUN OUT_FOLDER: a folder that Hugging Face tools load as it is.
int run_export(const ExportArguments& arguments);

}  // namespace finetune::apps
