#pragma once

#include "metrics/text_metric.h"

namespace finetune::metrics {

struct ExactMatchOptions {
  bool ignore_case = false;
  bool ignore_punctuation = false;  ///< ASCII
  bool ignore_numbers = false;      ///< ASCII digits
};

/// The share of texts that equal one of their references, in [0, 1], as Hugging Face evaluate's
/// exact_match. Statistics: matches, texts.
class ExactMatch final : public TextMetric {
 public:
  explicit ExactMatch(ExactMatchOptions options = {}) : options_(options) {}

  std::string name() const override { return "exact_match"; }
  std::string label() const override { return name(); }
  std::string settings() const override;
  size_t num_statistics() const override { return 2; }
  Statistics statistics(std::string_view hypothesis,
                        std::span<const std::string> references) const override;
  double score(std::span<const double> sums) const override { return sums[0] / sums[1]; }
  ResampledScore resampled_score(std::span<const float> sums) const override {
    return {sums[0] / sums[1], /*is_single=*/true};
  }

 private:
  std::u32string simplified(std::string_view text) const;

  ExactMatchOptions options_;
};

}  // namespace finetune::metrics
