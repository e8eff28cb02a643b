#include "metrics/bleu.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/strings.h"
#include "metrics/ngrams.h"
#include "metrics/unicode.h"

namespace finetune::metrics {
namespace {

constexpr double kLogOfZero = -9999999999.0;

double floored_log(double value) { return value == 0.0 ? kLogOfZero : std::log(value); }

/// The reference length nearest to the hypothesis'; of two equally near the smaller.
int64_t closest_length(const NgramCounts& ngrams, size_t num_references) {
  const int64_t length = ngrams.total(0);
  int64_t closest = ngrams.total(1);
  for (size_t i = 2; i <= num_references; ++i) {
    const int64_t other = ngrams.total(i);
    const int64_t gain = std::abs(length - closest) - std::abs(length - other);
    if (gain > 0 || (gain == 0 && other < closest)) closest = other;
  }
  return closest;
}

/// n-grams of the hypothesis (sequence 0), each counted at most as often as one reference has it.
int64_t clipped_count(const NgramCounts& ngrams, size_t num_references) {
  const auto hypothesis = ngrams.counts(0);
  int64_t correct = 0;
  for (size_t id = 0; id < hypothesis.size(); ++id) {
    int32_t most = 0;
    for (size_t i = 1; i <= num_references; ++i) most = std::max(most, ngrams.counts(i)[id]);
    correct += std::min(hypothesis[id], most);
  }
  return correct;
}

}  // namespace

const std::vector<std::string>& bleu_smoothing_names() {
  static const std::vector<std::string> names = {"none", "floor", "add-k", "exp"};
  return names;
}

BleuSmoothing bleu_smoothing(std::string_view name) {
  const auto& names = bleu_smoothing_names();
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    throw ConfigError(base::cat("unknown BLEU smoothing ", base::quote(name), "; expected ",
                                base::join(names, ", ")));
  }
  return static_cast<BleuSmoothing>(found - names.begin());
}

/// A score and what it is made of; Number is the precision of the precisions.
template <class Number>
struct Bleu::Parts {
  double score = 0.0;
  double brevity_penalty = 1.0;
  std::vector<Number> precisions;
};

Bleu::Bleu(BleuOptions options) : options_(options) {
  if (options_.max_order < 1 || options_.max_order > 100) {
    throw ConfigError(
        base::cat("BLEU needs an n-gram order from 1 to 100, not ", options_.max_order));
  }
  if (options_.smooth_value && !(*options_.smooth_value >= 0.0)) {
    throw ConfigError(
        base::cat("BLEU's smooth value must not be negative, but is ", *options_.smooth_value));
  }
}

double Bleu::smooth_value() const {
  return options_.smooth_value.value_or(options_.smoothing == BleuSmoothing::kFloor ? 0.1 : 1.0);
}

std::string Bleu::settings() const {
  std::string smoothing = bleu_smoothing_names()[static_cast<size_t>(options_.smoothing)];
  if (options_.smoothing == BleuSmoothing::kFloor || options_.smoothing == BleuSmoothing::kAddK) {
    smoothing += fmt::format("[{:.2f}]", smooth_value());
  }
  return base::cat("case:", options_.lowercase ? "lc" : "mixed",
                   "|eff:", options_.effective_order ? "yes" : "no",
                   "|tok:", bleu_tokenizer_name(options_.tokenizer), "|smooth:", smoothing,
                   "|version:2.6.0");
}

size_t Bleu::num_statistics() const { return 2 + 2 * static_cast<size_t>(options_.max_order); }

Statistics Bleu::statistics(std::string_view hypothesis,
                            std::span<const std::string> references) const {
  check_references(references);
  std::vector<std::u32string> lines;
  const auto add = [&](std::string_view text) {
    std::u32string line = base::decode_utf8(text);
    if (options_.lowercase) line = to_lower(line);
    lines.push_back(bleu_tokenize(options_.tokenizer, strip_end(line)));
  };
  add(hypothesis);
  for (const std::string& reference : references) add(reference);
  std::vector<std::vector<std::u32string_view>> words(lines.size());
  std::ranges::transform(lines, words.begin(), split_words);

  NgramCounts ngrams(symbols_of_words(words));
  Statistics statistics(num_statistics());
  statistics[0] = static_cast<double>(ngrams.total(0));
  statistics[1] = static_cast<double>(closest_length(ngrams, references.size()));
  const auto max_order = static_cast<size_t>(options_.max_order);
  for (size_t n = 0; n < max_order; ++n) {
    if (n > 0) ngrams.advance();
    statistics[2 + n] = static_cast<double>(clipped_count(ngrams, references.size()));
    statistics[2 + max_order + n] = static_cast<double>(ngrams.total(0));
  }
  return statistics;
}

template <class Number>
Bleu::Parts<Number> Bleu::parts(std::span<const Number> sums) const {
  const auto max_order = static_cast<size_t>(options_.max_order);
  Parts<Number> parts;
  parts.precisions.assign(max_order, Number{0});
  const double length = sums[0], reference_length = sums[1];
  if (length < reference_length) {
    parts.brevity_penalty = length > 0.0 ? std::exp(1.0 - reference_length / length) : 0.0;
  }
  const auto all_correct = sums.subspan(2, max_order), all_totals = sums.subspan(2 + max_order);
  if (std::ranges::all_of(all_correct, [](Number count) { return count == 0; })) return parts;

  constexpr Number kHundred{100};
  const auto value = static_cast<Number>(smooth_value());
  Number halvings{1};
  size_t order = max_order;
  for (size_t n = 0; n < max_order; ++n) {
    const bool is_raised = options_.smoothing == BleuSmoothing::kAddK && n > 0;
    const Number correct = all_correct[n] + (is_raised ? value : Number{0});
    const Number total = all_totals[n] + (is_raised ? value : Number{0});
    if (total == 0) break;
    if (options_.effective_order) order = n + 1;
    if (correct != 0) {
      parts.precisions[n] = kHundred * correct / total;
    } else if (options_.smoothing == BleuSmoothing::kExp) {
      halvings *= 2;
      parts.precisions[n] = kHundred / (halvings * total);
    } else if (options_.smoothing == BleuSmoothing::kFloor) {
      parts.precisions[n] = static_cast<Number>(100.0 * smooth_value()) / total;
    }
  }
  double sum_of_logs = 0.0;
  for (size_t n = 0; n < order; ++n) sum_of_logs += floored_log(parts.precisions[n]);
  parts.score = parts.brevity_penalty * std::exp(sum_of_logs / static_cast<double>(order));
  return parts;
}

double Bleu::score(std::span<const double> sums) const { return parts(sums).score; }

ResampledScore Bleu::resampled_score(std::span<const float> sums) const {
  return {parts(sums).score, /*is_single=*/false};  // the logarithms are double again
}

std::string Bleu::details(std::span<const double> sums) const {
  const auto bleu = parts(sums);
  std::string text;
  for (const double precision : bleu.precisions) {
    text += fmt::format("{}{:.1f}", text.empty() ? "" : "/", precision);
  }
  const double ratio = sums[1] > 0.0 ? sums[0] / sums[1] : 0.0;
  return text + fmt::format(" (BP = {:.3f} ratio = {:.3f} hyp_len = {} ref_len = {})",
                            bleu.brevity_penalty, ratio, static_cast<int64_t>(sums[0]),
                            static_cast<int64_t>(sums[1]));
}

}  // namespace finetune::metrics
