#include "metrics/mean.h"

#include <cmath>

namespace finetune::metrics {

void Mean::add(double sum, int64_t count) {
  sum_ += sum;
  count_ += count;
}

std::optional<double> Mean::value() const {
  if (count_ == 0) return std::nullopt;
  return sum_ / static_cast<double>(count_);
}

std::optional<double> perplexity(const Mean& loss) {
  const std::optional<double> mean = loss.value();
  return mean ? std::optional(std::exp(*mean)) : std::nullopt;
}

}  // namespace finetune::metrics
