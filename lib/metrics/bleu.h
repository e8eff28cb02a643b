#pragma once

#include "metrics/bleu_tokenizer.h"
#include "metrics/text_metric.h"

namespace finetune::metrics {

/// What replaces an n-gram precision of zero (Chen and Cherry 2014, W14-3346): nothing; a small
/// count (their method 1); k added to the counts of orders above 1 (method 2); half of what the
/// zero before got (method 3, mteval-v13a).
enum class BleuSmoothing { kNone, kFloor, kAddK, kExp };

/// "none", "floor", "add-k", "exp" in the order of the enumeration.
const std::vector<std::string>& bleu_smoothing_names();

/// The smoothing of that name; throws ConfigError for another.
BleuSmoothing bleu_smoothing(std::string_view name);

struct BleuOptions {
  BleuTokenizer tokenizer = BleuTokenizer::k13a;
  BleuSmoothing smoothing = BleuSmoothing::kExp;
  std::optional<double> smooth_value;  ///< of floor (default 0.1) and add-k (default 1)
  bool lowercase = false;
  bool effective_order = false;  ///< orders that a hypothesis is too short for do not count
  int max_order = 4;
};

/// BLEU (Papineni et al. 2002), equal to sacreBLEU 2.6.0's:
///
///   BLEU = 100 min(1, exp(1 - r / c)) exp(1/N sum_n log p_n)
///
/// with c the length of the hypotheses, r that of the closest references and p_n the clipped n-gram
/// precisions. Sentence scores want effective_order. Statistics: c, r, correct_1..N, total_1..N.
class Bleu final : public TextMetric {
 public:
  /// Throws ConfigError for an order outside [1, 100] or a negative smooth value.
  explicit Bleu(BleuOptions options = {});

  std::string name() const override { return "bleu"; }
  std::string label() const override { return "BLEU"; }
  std::string settings() const override;
  size_t num_statistics() const override;
  Statistics statistics(std::string_view hypothesis,
                        std::span<const std::string> references) const override;
  double score(std::span<const double> sums) const override;
  ResampledScore resampled_score(std::span<const float> sums) const override;
  std::string details(std::span<const double> sums) const override;

 private:
  template <class Number>
  struct Parts;
  template <class Number>
  Parts<Number> parts(std::span<const Number> sums) const;
  double smooth_value() const;

  BleuOptions options_;
};

}  // namespace finetune::metrics
