#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace finetune::metrics {

/// Expected calibration error: how far a classifier's confidence is from its hit rate, over equal
/// bins of confidence (Guo et al. 2017, arXiv:1706.04599, eq. 3).
///
///   ECE = sum_b |B_b| / n * | accuracy(B_b) - confidence(B_b) |,   B_b = ((b-1)/M, b/M]
class CalibrationError {
 public:
  struct Bin {
    int64_t count = 0;
    int64_t num_correct = 0;
    double confidence_sum = 0.0;
  };

  explicit CalibrationError(int64_t num_bins = 15);

  /// `confidence` in [0, 1]: the probability given to the predicted class. NaN is not counted.
  void add(double confidence, bool is_correct);
  void merge(const CalibrationError& other);
  std::optional<double> value() const;  ///< nothing without examples

  const std::vector<Bin>& bins() const { return bins_; }  ///< for the calibration curve

 private:
  std::vector<Bin> bins_;
};

}  // namespace finetune::metrics
