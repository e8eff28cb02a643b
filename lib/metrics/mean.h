#pragma once

#include <cstdint>
#include <optional>

namespace finetune::metrics {

/// A mean from sums and counts, as the loss of an evaluation is gathered: every target weighs the
/// same, however batches are cut.
class Mean {
 public:
  void add(double sum, int64_t count);
  void merge(const Mean& other) { add(other.sum_, other.count_); }

  /// Nothing before the first target. A sum that is not finite shows in the value.
  std::optional<double> value() const;

 private:
  double sum_ = 0.0;
  int64_t count_ = 0;
};

/// exp of the mean of a loss in nats a target (token, byte or character): infinite where that is
/// too large, nothing before the first target.
std::optional<double> perplexity(const Mean& loss);

}  // namespace finetune::metrics
