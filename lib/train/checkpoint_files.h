#pragma once

#include <filesystem>

#include "base/files.h"
#include "optim/adamw.h"
#include "train/train_state.h"

namespace finetune::train {

/// Writes state.json and optimizer.safetensors into a checkpoint folder.
void write_train_state(base::Fs& fs, const std::filesystem::path& folder, const TrainState& state,
                       const optim::AdamW& optimizer);

/// Reads them back: the moments go into `optimizer`, the rest is returned. Throws CheckpointError.
TrainState read_train_state(const std::filesystem::path& folder, optim::AdamW& optimizer);

}  // namespace finetune::train
