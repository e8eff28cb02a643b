#pragma once

#include <cstdint>
#include <vector>

#include "metrics/metric.h"

namespace finetune::metrics {

/// Metrics of predicted numbers. Ranks need every value, so all pairs are kept: 16 bytes an
/// example.
///
/// values(): "mse", "mae", "pearson", "spearmanr" (Pearson's correlation of ranks, ties sharing
/// their mean rank). The correlations are nothing below two examples or where one side is constant;
/// everything is nothing where a value is not finite.
class RegressionMetrics {
 public:
  void add(double target, double prediction);
  void merge(const RegressionMetrics& other);
  Values values() const;

  int64_t num_examples() const { return static_cast<int64_t>(targets_.size()); }

 private:
  std::vector<double> targets_;
  std::vector<double> predictions_;
};

}  // namespace finetune::metrics
