#include "metrics/text_metric.h"

#include <algorithm>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::metrics {

CorpusScore::CorpusScore(const TextMetric& metric)
    : metric_(metric), sums_(metric.num_statistics(), 0.0) {}

void CorpusScore::add(std::string_view hypothesis, std::span<const std::string> references) {
  add(metric_.statistics(hypothesis, references), references.size());
}

void CorpusScore::add(std::span<const double> statistics, size_t num_references) {
  CorpusScore one(metric_);
  one.sums_.assign(statistics.begin(), statistics.end());
  one.num_sentences_ = 1;
  one.fewest_references_ = one.most_references_ = static_cast<int64_t>(num_references);
  merge(one);
}

void CorpusScore::merge(const CorpusScore& other) {
  if (other.num_sentences_ == 0) return;
  if (other.sums_.size() != sums_.size()) {
    throw InternalError(
        base::cat("statistics of ", other.metric_.name(), " added to those of ", metric_.name()));
  }
  std::ranges::transform(sums_, other.sums_, sums_.begin(), std::plus<>());
  fewest_references_ = num_sentences_ == 0 ? other.fewest_references_
                                           : std::min(fewest_references_, other.fewest_references_);
  most_references_ = std::max(most_references_, other.most_references_);
  num_sentences_ += other.num_sentences_;
}

std::optional<double> CorpusScore::value() const {
  if (num_sentences_ == 0) return std::nullopt;
  return metric_.score(sums_);
}

std::optional<int64_t> CorpusScore::num_references() const {
  if (fewest_references_ != most_references_) return std::nullopt;
  return most_references_;
}

std::string signature(const CorpusScore& corpus, const SignatureNotes& notes) {
  const auto num_references = corpus.num_references();
  std::string text = num_references ? base::cat("nrefs:", *num_references) : "nrefs:var";
  if (notes.num_bootstrap_samples) text += base::cat("|bs:", *notes.num_bootstrap_samples);
  if (notes.num_randomization_trials) text += base::cat("|ar:", *notes.num_randomization_trials);
  if (notes.seed) text += base::cat("|seed:", *notes.seed);
  return base::cat(text, "|", corpus.metric().settings());
}

void check_references(std::span<const std::string> references) {
  if (references.empty()) throw InternalError("a sentence without any reference was scored");
}

}  // namespace finetune::metrics
