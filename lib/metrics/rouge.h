#pragma once

#include "metrics/text_metric.h"

namespace finetune::metrics {

/// Unigrams; bigrams; the longest common subsequence; the union of such subsequences over the lines
/// of a summary.
enum class RougeKind { k1, k2, kL, kLsum };

struct RougeOptions {
  RougeKind kind = RougeKind::k1;
  bool use_stemmer = false;  ///< words above three letters are stemmed (porter_stemmer.h)
};

/// ROUGE (Lin 2004), equal to rouge-score 0.1.2's RougeScorer with its default tokenizer: the mean
/// F-measure of the sentences (or summaries), in [0, 1]; of several references the best one counts.
/// Statistics: precision, recall, F-measure, 1.
class Rouge final : public TextMetric {
 public:
  explicit Rouge(RougeOptions options = {}) : options_(options) {}

  std::string name() const override;
  std::string label() const override { return name(); }
  std::string settings() const override;
  size_t num_statistics() const override { return 4; }
  Statistics statistics(std::string_view hypothesis,
                        std::span<const std::string> references) const override;
  double score(std::span<const double> sums) const override;
  ResampledScore resampled_score(std::span<const float> sums) const override;

 private:
  Statistics compare(std::string_view hypothesis, std::string_view reference) const;

  RougeOptions options_;
};

}  // namespace finetune::metrics
