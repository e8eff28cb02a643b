#pragma once

#include <cstdint>
#include <span>

#include "data/sampler.h"
#include "train/train_state.h"

namespace finetune::train {

/// Groups of micro-batches, one update each, that `num_batches` give: the last, shorter one counts.
int64_t num_groups(int64_t num_batches, int64_t gradient_accumulation_steps);

struct RunLength {
  double num_train_epochs = 3.0;
  int64_t max_steps = 0;      ///< 0: no limit
  int64_t first_epoch = 0;    ///< epochs before it are not counted
  int64_t extra_updates = 0;  ///< counted in addition
};

/// Updates of a run from the beginning of `first_epoch`: ceil(epochs * updates per epoch) as
/// Hugging Face counts them, or max_steps if that is less; optim::kNoLimit where neither is a
/// limit.
int64_t count_updates(std::span<const int64_t> lengths, const data::SamplerOptions& sampler,
                      const RunLength& length);

/// Lets a run go on with `sampler`'s batches: where they are others than before, the rest of the
/// current epoch is cut anew, and since the epochs to train stay the same, the number of updates
/// changes.
void change_batches(TrainState& state, std::span<const int64_t> lengths,
                    const data::SamplerOptions& sampler, double num_train_epochs);

/// Warm-up in updates, in epochs, or as a share of all updates.
struct Warmup {
  enum class Unit { kSteps, kEpochs, kFraction };
  Unit unit = Unit::kSteps;
  double value = 0.0;
};

/// Updates of the warm-up, rounded up (as Hugging Face rounds warmup_ratio).
int64_t warmup_updates(const Warmup& warmup, int64_t total_updates, int64_t updates_per_epoch);

}  // namespace finetune::train
