#include "metrics/ter.h"

#include <algorithm>

#include "base/strings.h"
#include "metrics/edit_rate.h"
#include "metrics/unicode.h"

namespace finetune::metrics {
namespace {

const char* yes_or_no(bool is_so) { return is_so ? "yes" : "no"; }

/// Edits by length; without any reference word everything is wrong, or nothing where nothing was
/// said.
template <class Number>
Number rate(Number edits, Number length) {
  if (length > 0) return edits / length;
  return edits > 0 ? Number{1} : Number{0};
}

}  // namespace

std::string Ter::settings() const {
  return base::cat("case:", options_.case_sensitive ? "mixed" : "lc",
                   "|tok:tercom|norm:", yes_or_no(options_.normalized),
                   "|punct:", yes_or_no(!options_.no_punct),
                   "|asian:", yes_or_no(options_.asian_support), "|version:2.6.0");
}

Statistics Ter::statistics(std::string_view hypothesis,
                           std::span<const std::string> references) const {
  check_references(references);
  std::vector<std::u32string> lines;
  const auto add = [&](std::string_view text) {
    const std::u32string line = base::decode_utf8(text);
    lines.push_back(tercom_normalize(strip_end(line), options_));
  };
  add(hypothesis);
  for (const std::string& reference : references) add(reference);
  std::vector<std::vector<std::u32string_view>> words(lines.size());
  std::ranges::transform(lines, words.begin(), split_words);

  const std::vector<Symbols> symbols = symbols_of_words(words);
  int64_t fewest_edits = INT64_MAX, sum_of_lengths = 0;
  for (size_t i = 1; i < symbols.size(); ++i) {
    fewest_edits = std::min(fewest_edits, translation_edits(symbols[0], symbols[i]));
    sum_of_lengths += static_cast<int64_t>(symbols[i].size());
  }
  return {static_cast<double>(fewest_edits),
          static_cast<double>(sum_of_lengths) / static_cast<double>(references.size())};
}

double Ter::score(std::span<const double> sums) const { return 100.0 * rate(sums[0], sums[1]); }

ResampledScore Ter::resampled_score(std::span<const float> sums) const {
  return {100.0F * rate(sums[0], sums[1]), /*is_single=*/sums[1] > 0.0F};
}

}  // namespace finetune::metrics
