#include "metrics/chrf.h"

#include <algorithm>

#include "base/error.h"
#include "base/strings.h"
#include "metrics/ngrams.h"
#include "metrics/unicode.h"

namespace finetune::metrics {
namespace {

/// One punctuation mark apart: the last character, else the first ("(hi)" becomes "(hi" and ")").
std::vector<std::u32string_view> chrf_words(std::u32string_view text) {
  std::vector<std::u32string_view> words;
  for (const std::u32string_view word : split_words(text)) {
    size_t cut = word.size();
    if (word.size() > 1 && is_ascii_punctuation(word.back())) {
      cut = word.size() - 1;
    } else if (word.size() > 1 && is_ascii_punctuation(word.front())) {
      cut = 1;
    }
    words.push_back(word.substr(0, cut));
    if (cut < word.size()) words.push_back(word.substr(cut));
  }
  return words;
}

/// Hypothesis (sequence 0), reference and common n-grams of orders 1 to `order`, for each reference
/// i appended to statistics[i - 1]. As in sacreBLEU the hypothesis' do not count where the
/// reference has none.
void append_counts(NgramCounts ngrams, int order, std::vector<Statistics>& statistics) {
  for (int n = 1; n <= order; ++n) {
    if (n > 1) ngrams.advance();
    for (size_t i = 1; i <= statistics.size(); ++i) {
      const int64_t num_reference = ngrams.total(i);
      Statistics& counts = statistics[i - 1];
      counts.push_back(num_reference > 0 ? static_cast<double>(ngrams.total(0)) : 0.0);
      counts.push_back(static_cast<double>(num_reference));
      counts.push_back(static_cast<double>(ngrams.overlap(0, i)));
    }
  }
}

}  // namespace

Chrf::Chrf(ChrfOptions options) : options_(options) {
  const auto is_order = [](int value, int least) { return value >= least && value <= 100; };
  if (!is_order(options_.char_order, 1) || !is_order(options_.word_order, 0)) {
    throw ConfigError(base::cat("chrF needs a character order from 1 to 100 and a word order from ",
                                "0 to 100, not ", options_.char_order, " and ",
                                options_.word_order));
  }
  if (options_.beta < 1) {
    throw ConfigError(base::cat("chrF needs a beta of at least 1, not ", options_.beta));
  }
}

std::string Chrf::name() const {
  return "chrf" + std::string(static_cast<size_t>(options_.word_order), '+');
}

std::string Chrf::label() const {
  return base::cat("chrF", options_.beta,
                   std::string(static_cast<size_t>(options_.word_order), '+'));
}

std::string Chrf::settings() const {
  return base::cat("case:", options_.lowercase ? "lc" : "mixed",
                   "|eff:", options_.eps_smoothing ? "no" : "yes", "|nc:", options_.char_order,
                   "|nw:", options_.word_order, "|space:", options_.whitespace ? "yes" : "no",
                   "|version:2.6.0");
}

size_t Chrf::num_statistics() const {
  return 3 * static_cast<size_t>(options_.char_order + options_.word_order);
}

Statistics Chrf::statistics(std::string_view hypothesis,
                            std::span<const std::string> references) const {
  check_references(references);
  std::vector<std::u32string> lines = {base::decode_utf8(hypothesis)};
  for (const std::string& reference : references) lines.push_back(base::decode_utf8(reference));
  std::vector<Symbols> chars;
  std::vector<std::vector<std::u32string_view>> words;
  for (std::u32string& line : lines) {
    if (options_.lowercase) line = to_lower(line);
    words.push_back(chrf_words(line));
    std::u32string without_spaces = line;
    if (!options_.whitespace) std::erase_if(without_spaces, is_space);
    chars.push_back(symbols_of_chars(without_spaces));
  }
  std::vector<Statistics> by_reference(references.size());
  append_counts(NgramCounts(std::move(chars)), options_.char_order, by_reference);
  if (options_.word_order > 0) {
    append_counts(NgramCounts(symbols_of_words(words)), options_.word_order, by_reference);
  }
  const auto by_score = [&](const Statistics& a, const Statistics& b) {
    return score(a) < score(b);
  };
  return *std::ranges::max_element(by_reference, by_score);  // the first of equals
}

template <class Number>
Number Chrf::f_score(std::span<const Number> sums) const {
  constexpr auto kEpsilon = static_cast<Number>(1e-16);
  const auto factor = static_cast<Number>(options_.beta * options_.beta);
  Number sum{0}, precisions{0}, recalls{0}, effective_order{0};
  for (size_t i = 0; i < sums.size(); i += 3) {
    const Number num_hypothesis = sums[i], num_reference = sums[i + 1], num_matches = sums[i + 2];
    const Number precision = num_hypothesis > 0 ? num_matches / num_hypothesis : kEpsilon;
    const Number recall = num_reference > 0 ? num_matches / num_reference : kEpsilon;
    const Number divisor = factor * precision + recall;
    sum += divisor > 0 ? (1 + factor) * precision * recall / divisor : kEpsilon;
    if (num_hypothesis > 0 && num_reference > 0) {
      precisions += precision;
      recalls += recall;
      effective_order += 1;
    }
  }
  if (options_.eps_smoothing) {
    return 100 * sum / static_cast<Number>(options_.char_order + options_.word_order);
  }
  if (!(precisions + recalls > 0)) return 0;
  precisions /= effective_order;
  recalls /= effective_order;
  const Number score = (1 + factor) * precisions * recalls;
  return 100 * (score / (factor * precisions + recalls));
}

double Chrf::score(std::span<const double> sums) const { return f_score(sums); }

ResampledScore Chrf::resampled_score(std::span<const float> sums) const {
  const float score = f_score(sums);
  // sacreBLEU's constant 0.0 and its epsilons are Python numbers, which are double.
  const bool has_ngrams = std::ranges::any_of(sums, [](float count) { return count > 0; });
  return {score, options_.eps_smoothing ? has_ngrams : score > 0.0F};
}

}  // namespace finetune::metrics
