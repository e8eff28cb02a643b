#pragma once

#include <filesystem>
#include <string>

#include "run/model_folder.h"

namespace finetune::run {

/// README.md of an export: for a model of a run, a card made from its config and results; for any
/// other folder its own README.md; "" where there is neither.
std::string model_card(const TrainedModel& trained, const std::filesystem::path& source);

}  // namespace finetune::run
