#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/metric.h"

namespace finetune::metrics {

/// Sufficient statistics of a sentence, or their sums over a corpus: a corpus' score follows from
/// the sums alone.
using Statistics = std::vector<double>;

/// A score of a resampled corpus, and whether sacreBLEU holds it in single precision (as numpy
/// does with what it computes from float32 sums).
struct ResampledScore {
  double value = 0.0;
  bool is_single = false;
};

/// A metric of generated text against references. Immutable: threads may share one.
///
/// Texts are UTF-8 (a byte that is none counts as U+FFFD) without their line end.
class TextMetric {
 public:
  virtual ~TextMetric() = default;

  virtual std::string name() const = 0;   ///< as metric.h knows it: "bleu"
  virtual std::string label() const = 0;  ///< as sacreBLEU prints it: "BLEU", "chrF2++"
  /// The options and the reference implementation, as in sacreBLEU's signatures:
  /// "case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0".
  virtual std::string settings() const = 0;
  virtual size_t num_statistics() const = 0;

  /// Of one sentence. Throws InternalError without any reference.
  virtual Statistics statistics(std::string_view hypothesis,
                                std::span<const std::string> references) const = 0;

  virtual double score(std::span<const double> sums) const = 0;

  /// The score of sums in single precision, rounded where sacreBLEU rounds when it resamples.
  virtual ResampledScore resampled_score(std::span<const float> sums) const = 0;

  /// What sacreBLEU prints behind the score ("62.6/36.8/24.3/16.4 (BP = ...)"), or nothing.
  virtual std::string details(std::span<const double> /*sums*/) const { return ""; }
};

/// A corpus' score from sums: constant memory, the same however the corpus is cut.
class CorpusScore {
 public:
  /// `metric` must live as long.
  explicit CorpusScore(const TextMetric& metric);

  void add(std::string_view hypothesis, std::span<const std::string> references);
  /// A sentence whose statistics are known already.
  void add(std::span<const double> statistics, size_t num_references);
  void merge(const CorpusScore& other);

  /// Nothing before the first sentence.
  std::optional<double> value() const;
  Values values() const { return {{metric_.name(), value()}}; }

  const Statistics& sums() const { return sums_; }
  int64_t num_sentences() const { return num_sentences_; }
  const TextMetric& metric() const { return metric_; }

  /// References a sentence; nothing where sentences differ.
  std::optional<int64_t> num_references() const;

 private:
  const TextMetric& metric_;
  Statistics sums_;
  int64_t num_sentences_ = 0;
  int64_t fewest_references_ = 0;
  int64_t most_references_ = 0;
};

/// What a resampling test adds to a signature.
struct SignatureNotes {
  std::optional<int64_t> num_bootstrap_samples;
  std::optional<int64_t> num_randomization_trials;
  std::optional<uint64_t> seed;
};

/// sacreBLEU 2.6.0's signature:
/// "nrefs:1|bs:1000|seed:12345|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0".
std::string signature(const CorpusScore& corpus, const SignatureNotes& notes = {});

/// Throws InternalError where `references` is empty.
void check_references(std::span<const std::string> references);

}  // namespace finetune::metrics
