#include "metrics/calibration.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace finetune::metrics {

CalibrationError::CalibrationError(int64_t num_bins) : bins_(static_cast<size_t>(num_bins)) {}

void CalibrationError::add(double confidence, bool is_correct) {
  if (std::isnan(confidence)) return;
  const auto last = static_cast<double>(bins_.size() - 1);
  const double place = std::ceil(confidence * static_cast<double>(bins_.size())) - 1.0;
  Bin& bin = bins_[static_cast<size_t>(std::clamp(place, 0.0, last))];
  ++bin.count;
  bin.num_correct += is_correct;
  bin.confidence_sum += confidence;
}

void CalibrationError::merge(const CalibrationError& other) {
  if (other.bins_.size() != bins_.size()) {
    throw InternalError("cannot merge calibration errors over different bins");
  }
  for (size_t b = 0; b < bins_.size(); ++b) {
    bins_[b].count += other.bins_[b].count;
    bins_[b].num_correct += other.bins_[b].num_correct;
    bins_[b].confidence_sum += other.bins_[b].confidence_sum;
  }
}

std::optional<double> CalibrationError::value() const {
  int64_t total = 0;
  double error = 0.0;  // of a bin: |B| * |accuracy - confidence| = |hits - sum of confidences|
  for (const Bin& bin : bins_) {
    total += bin.count;
    error += std::abs(static_cast<double>(bin.num_correct) - bin.confidence_sum);
  }
  if (total == 0) return std::nullopt;
  return error / static_cast<double>(total);
}

}  // namespace finetune::metrics
