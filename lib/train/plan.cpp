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

/// Updates to the end of `num_train_epochs` with the batches of state.sampler.
int64_t count_updates_left(const TrainState& state, std::span<const int64_t> lengths,
                           double num_train_epochs) {
  const auto num_batches = static_cast<int64_t>(
      rest_of_epoch(lengths, state.sampler, state.epoch, state.epoch_parts).size());
  const auto groups =
      static_cast<double>(num_groups(num_batches, state.sampler.gradient_accumulation_steps));
  const double done = state.position.epoch;
  const double share_left = 1.0 + static_cast<double>(state.epoch) - done;
  const double share_wanted = std::clamp(num_train_epochs - done, 0.0, share_left);
  const auto here = static_cast<int64_t>(std::ceil(share_wanted / share_left * groups - 1e-9));
  return here + count_updates(lengths, state.sampler, {num_train_epochs, 0, state.epoch + 1});
}

}  // namespace

int64_t num_groups(int64_t num_batches, int64_t gradient_accumulation_steps) {
  return ceil_div(num_batches, gradient_accumulation_steps);
}

int64_t count_updates(std::span<const int64_t> lengths, const data::SamplerOptions& sampler,
                      const RunLength& length) {
  if (std::isinf(length.num_train_epochs) && length.max_steps == 0) return optim::kNoLimit;
  int64_t updates = length.extra_updates;
  double epochs_left = length.num_train_epochs - static_cast<double>(length.first_epoch);
  for (int64_t epoch = length.first_epoch; epochs_left > 1e-9; ++epoch, epochs_left -= 1.0) {
    const auto groups = static_cast<double>(groups_of_epoch(lengths, sampler, epoch));
    updates += static_cast<int64_t>(std::ceil(std::min(epochs_left, 1.0) * groups - 1e-9));
    if (length.max_steps > 0 && updates >= length.max_steps) return length.max_steps;
  }
  return updates;
}

void change_batches(TrainState& state, std::span<const int64_t> lengths,
                    const data::SamplerOptions& sampler, double num_train_epochs) {
  if (state.sampler == sampler) return;
  if (state.group_in_epoch > 0) state.epoch_parts.push_back({state.sampler, state.group_in_epoch});
  state.group_in_epoch = 0;
  state.sampler = sampler;
  if (!std::isfinite(num_train_epochs)) return;  // the limit is in updates
  state.extra_updates = state.position.updates +
                        count_updates_left(state, lengths, num_train_epochs) -
                        count_updates(lengths, sampler, {num_train_epochs});
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
