#pragma once

#include "metrics/tercom_tokenizer.h"
#include "metrics/text_metric.h"

namespace finetune::metrics {

/// TER (Snover et al. 2006), equal to sacreBLEU 2.6.0's: 100 times the edits to the nearest
/// reference by the mean length of the references. Smaller is better. Statistics: edits, mean
/// reference length.
class Ter final : public TextMetric {
 public:
  explicit Ter(TerOptions options = {}) : options_(options) {}

  std::string name() const override { return "ter"; }
  std::string label() const override { return "TER"; }
  std::string settings() const override;
  size_t num_statistics() const override { return 2; }
  Statistics statistics(std::string_view hypothesis,
                        std::span<const std::string> references) const override;
  double score(std::span<const double> sums) const override;
  ResampledScore resampled_score(std::span<const float> sums) const override;

 private:
  TerOptions options_;
};

}  // namespace finetune::metrics
