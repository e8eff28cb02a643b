#pragma once

#include <cstdint>
#include <optional>

namespace finetune::train {

struct EarlyStoppingOptions {
  int64_t patience = 1;    ///< evaluations without a sufficient gain before the run stops
  double threshold = 0.0;  ///< a gain counts only when it is larger than this
  bool is_greater_better = true;
};

/// Hugging Face's EarlyStoppingCallback: at each evaluation a value resets the counter when there
/// is no best yet, or it is better than the best by more than the threshold; else the counter
/// grows. The best then moves on any strict improvement, so slow gains below the threshold still
/// stop the run. NaN never improves.
class EarlyStopping {
 public:
  explicit EarlyStopping(const EarlyStoppingOptions& options);

  struct State {
    std::optional<double> best;
    int64_t counter = 0;
  };

  /// Takes the value of one evaluation; true when the run should stop.
  bool update(double value);
  bool should_stop() const { return state_.counter >= options_.patience; }

  const State& state() const { return state_; }
  void restore(const State& state) { state_ = state; }

 private:
  EarlyStoppingOptions options_;
  State state_;
};

/// True when `value` is strictly better than `best`; NaN never is, anything else is better than
/// nothing.
bool is_better(double value, const std::optional<double>& best, bool is_greater_better);

}  // namespace finetune::train
