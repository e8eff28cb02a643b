#pragma once

#include <CLI/CLI.hpp>

#include "train.h"

namespace finetune::apps {

/// Options of `finetune train`, and examples for its help.
void add_train_options(CLI::App& command, TrainArguments& arguments);

extern const char* const kTrainExamples;

}  // namespace finetune::apps
