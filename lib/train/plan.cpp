#include "train/plan.h"

#include <algorithm>
#include <cmath>

#include "optim/schedule.h"

namespace finetune::train {

namespace {

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

int64_t groups_of_epoch(std::span<const int64_t> lengths, const data::SamplerOptions& sampler,
                        int64_t epoch) {
  const int64_t num_batches =
      sampler.batch_tokens > 0
          ? static_cast<int64_t>(data::epoch_batches(lengths, sampler, epoch).size())
          : ceil_div(static_cast<int64_t>(lengths.size()), sampler.batch_size);
  return num_groups(num_batches, sampler.gradient_accumulation_steps);
}

}  // namespace

int64_t num_groups(int64_t num_batches, int64_t gradient_accumulation_steps) {
  return ceil_div(num_batches, gradient_accumulation_steps);
}

int64_t count_updates(std::span<const int64_t> lengths, const data::SamplerOptions& sampler,
                      const RunLength& length) {
  if (std::isinf(length.num_train_epochs) && length.max_steps == 0) return optim::kNoLimit;
  int64_t updates = 0;
  double epochs_left = length.num_train_epochs;
  for (int64_t epoch = 0; epochs_left > 1e-9; ++epoch, epochs_left -= 1.0) {
    const auto groups = static_cast<double>(groups_of_epoch(lengths, sampler, epoch));
    updates += static_cast<int64_t>(std::ceil(std::min(epochs_left, 1.0) * groups - 1e-9));
    if (length.max_steps > 0 && updates >= length.max_steps) return length.max_steps;
  }
  return updates;
}

int64_t warmup_updates(const Warmup& warmup, int64_t total_updates, int64_t updates_per_epoch) {
  const auto unit_updates = [&] {
    switch (warmup.unit) {
      case Warmup::Unit::kSteps:
        return int64_t{1};
      case Warmup::Unit::kEpochs:
        return updates_per_epoch;
      case Warmup::Unit::kFraction:
        return total_updates;
    }
    return int64_t{1};
  }();
  return static_cast<int64_t>(std::ceil(warmup.value * static_cast<double>(unit_updates) - 1e-9));
}

}  // namespace finetune::train
