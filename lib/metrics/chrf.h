#pragma once

#include "metrics/text_metric.h"

namespace finetune::metrics {

struct ChrfOptions {
  int char_order = 6;
  int word_order = 0;  ///< 2: chrF++
  int beta = 2;
  bool lowercase = false;
  bool whitespace = false;     ///< white space belongs to the n-grams
  bool eps_smoothing = false;  ///< a tiny number for missing n-grams instead of the effective order
};

/// chrF (Popovic 2015) and chrF++ (Popovic 2017), equal to sacreBLEU 2.6.0's: 100 times the F-beta
/// of the precisions and recalls of character (and word) n-grams, averaged over the orders that
/// both sides have. Of several references each sentence takes the one it meets best. Statistics:
/// n-grams of the hypothesis, of the reference, in both; for every order.
class Chrf final : public TextMetric {
 public:
  /// Throws ConfigError for a character order outside [1, 100], a word order outside [0, 100] or a
  /// beta below 1.
  explicit Chrf(ChrfOptions options = {});

  std::string name() const override;
  std::string label() const override;
  std::string settings() const override;
  size_t num_statistics() const override;
  Statistics statistics(std::string_view hypothesis,
                        std::span<const std::string> references) const override;
  double score(std::span<const double> sums) const override;
  ResampledScore resampled_score(std::span<const float> sums) const override;

 private:
  template <class Number>
  Number f_score(std::span<const Number> sums) const;

  ChrfOptions options_;
};

}  // namespace finetune::metrics
