#include "train/early_stopping.h"

#include <cmath>

namespace finetune::train {

bool is_better(double value, const std::optional<double>& best, bool is_greater_better) {
  if (std::isnan(value)) return false;
  if (!best) return true;
  return is_greater_better ? value > *best : value < *best;
}

EarlyStopping::EarlyStopping(const EarlyStoppingOptions& options) : options_(options) {}

bool EarlyStopping::update(double value) {
  const bool is_gain = is_better(value, state_.best, options_.is_greater_better);
  const bool is_enough =
      is_gain && (!state_.best || std::abs(value - *state_.best) > options_.threshold);
  state_.counter = is_enough ? 0 : state_.counter + 1;
  if (is_gain) state_.best = value;
  return should_stop();
}

}  // namespace finetune::train
