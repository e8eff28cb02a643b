#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metrics/text_metric.h"

namespace finetune::metrics {

/// The statistics of every sentence of a corpus, which resampling needs: N rows of
/// metric.num_statistics() numbers.
class SentenceTable {
 public:
  explicit SentenceTable(size_t width) : width_(width) {}

  void add(std::span<const double> statistics) {
    numbers_.insert(numbers_.end(), statistics.begin(), statistics.end());
  }
  size_t width() const { return width_; }
  size_t num_sentences() const { return numbers_.size() / width_; }
  std::span<const double> row(size_t sentence) const {
    return std::span(numbers_).subspan(sentence * width_, width_);
  }

 private:
  size_t width_;
  std::vector<double> numbers_;
};

struct ResampleOptions {
  int64_t num_samples = 1000;
  uint64_t seed = 12345;  ///< sacreBLEU's, where $SACREBLEU_SEED is not set
};

/// Bootstrap (Koehn 2004): the mean of the resampled scores, their 2.5 % and 97.5 % places, and
/// half the way between these, which sacreBLEU prints behind "±".
struct BootstrapScore {
  double mean = 0.0;
  double low = 0.0;
  double high = 0.0;
  double half_width = 0.0;
};

// The results below equal sacreBLEU 2.6.0's: the same random numbers (numpy_random.h) and single
// precision where it has single precision. A p-value is (1 + differences above the observed one) /
// (1
// + samples); equal systems therefore get the smallest one: callers tell. Without a sentence or a
// sample: InternalError.

/// The interval of sacreBLEU's corpus_score(n_bootstrap).
BootstrapScore bootstrap_score(const TextMetric& metric, const SentenceTable& table,
                               const ResampleOptions& options);

struct PairedBootstrap {
  double p_value = 1.0;
  BootstrapScore baseline;
  BootstrapScore system;
};

/// Paired bootstrap test (Koehn 2004, two-sided): how often the difference between the systems on
/// the same resampled sentences is as far from its mean as the observed one is from zero.
/// Throws InternalError where the tables differ in size.
PairedBootstrap paired_bootstrap(const TextMetric& metric, const SentenceTable& baseline,
                                 const SentenceTable& system, const ResampleOptions& options);

/// p-value of the paired approximate randomisation test (Riezler and Maxwell 2005): how often
/// systems that swap sentences at random differ more than the real ones. sacreBLEU takes 10,000
/// samples. Throws InternalError where the tables differ in size.
double paired_randomization(const TextMetric& metric, const SentenceTable& baseline,
                            const SentenceTable& system, const ResampleOptions& options);

}  // namespace finetune::metrics
