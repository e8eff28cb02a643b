#include "metrics/mean.h"

namespace finetune::metrics {

void Mean::add(double sum, int64_t count) {
  sum_ += sum;
  count_ += count;
}

std::optional<double> Mean::value() const {
  if (count_ == 0) return std::nullopt;
  return sum_ / static_cast<double>(count_);
}

}  // namespace finetune::metrics
