#include "metrics/rouge.h"

#include <algorithm>
#include <unordered_map>

#include "base/strings.h"
#include "metrics/ngrams.h"
#include "metrics/porter_stemmer.h"
#include "metrics/unicode.h"

namespace finetune::metrics {
namespace {

/// Numbers for words: equal words have equal numbers.
class RougeTokenizer {
 public:
  explicit RougeTokenizer(bool use_stemmer) : use_stemmer_(use_stemmer) {}

  /// Runs of a-z and 0-9 of the lower-cased text.
  Symbols tokenize(std::string_view text) {
    Symbols symbols;
    std::string word;
    for (const char32_t c : to_lower(base::decode_utf8(text)) + U' ') {
      if ((c >= U'a' && c <= U'z') || is_digit(c)) {
        word.push_back(static_cast<char>(c));
        continue;
      }
      if (!word.empty()) symbols.push_back(number(std::move(word)));
      word.clear();
    }
    return symbols;
  }

  std::vector<Symbols> tokenize_lines(std::string_view text) {
    std::vector<Symbols> lines;
    for (const std::string& line : base::split(text, '\n')) {
      if (!line.empty()) lines.push_back(tokenize(line));
    }
    return lines;
  }

 private:
  uint32_t number(std::string word) {
    if (use_stemmer_ && word.size() > 3) word = porter_stem(std::move(word));
    const auto next = static_cast<uint32_t>(numbers_.size());
    return numbers_.try_emplace(std::move(word), next).first->second;
  }

  bool use_stemmer_;
  std::unordered_map<std::string, uint32_t> numbers_;
};

Statistics measures(int64_t num_common, int64_t num_hypothesis, int64_t num_reference) {
  const auto share = [num_common](int64_t of) {
    return static_cast<double>(num_common) / static_cast<double>(std::max<int64_t>(of, 1));
  };
  const double precision = share(num_hypothesis), recall = share(num_reference);
  const double sum = precision + recall;
  return {precision, recall, sum > 0.0 ? 2.0 * precision * recall / sum : 0.0, 1.0};
}

Statistics compare_ngrams(const Symbols& hypothesis, const Symbols& reference, int order) {
  NgramCounts ngrams({hypothesis, reference});
  for (int n = 1; n < order; ++n) ngrams.advance();
  return measures(ngrams.overlap(0, 1), ngrams.total(0), ngrams.total(1));
}

/// Length of the longest common subsequence, in memory of one row.
int64_t common_length(const Symbols& a, const Symbols& b) {
  std::vector<int64_t> row(b.size() + 1, 0);
  for (const uint32_t word : a) {
    int64_t above_left = 0;
    for (size_t j = 1; j < row.size(); ++j) {
      const int64_t above = row[j];
      row[j] = word == b[j - 1] ? above_left + 1 : std::max(above, row[j - 1]);
      above_left = above;
    }
  }
  return row.back();
}

Statistics compare_sequences(const Symbols& hypothesis, const Symbols& reference) {
  return measures(common_length(hypothesis, reference), static_cast<int64_t>(hypothesis.size()),
                  static_cast<int64_t>(reference.size()));
}

/// Lengths of the longest common subsequences of the beginnings of two sequences.
class CommonLengths {
 public:
  CommonLengths(const Symbols& rows, const Symbols& columns)
      : width_(columns.size() + 1), lengths_((rows.size() + 1) * width_, 0) {
    for (size_t i = 1; i <= rows.size(); ++i) {
      for (size_t j = 1; j < width_; ++j) {
        lengths_[i * width_ + j] = rows[i - 1] == columns[j - 1]
                                       ? at(i - 1, j - 1) + 1
                                       : std::max(at(i - 1, j), at(i, j - 1));
      }
    }
  }
  int32_t at(size_t i, size_t j) const { return lengths_[i * width_ + j]; }

 private:
  size_t width_;
  std::vector<int32_t> lengths_;
};

/// Marks the words of the reference that one longest common subsequence takes; of several the one
/// that rouge-score finds.
void mark_common(const Symbols& reference, const Symbols& line, std::vector<bool>& is_common) {
  const CommonLengths lengths(reference, line);
  size_t i = reference.size(), j = line.size();
  while (i > 0 && j > 0) {
    if (reference[i - 1] == line[j - 1]) {
      is_common[i - 1] = true;
      --i;
      --j;
    } else if (lengths.at(i, j - 1) > lengths.at(i - 1, j)) {
      --j;
    } else {
      --i;
    }
  }
}

using WordCounts = std::unordered_map<uint32_t, int64_t>;

WordCounts count_words(const std::vector<Symbols>& lines, int64_t& num_words) {
  WordCounts counts;
  num_words = 0;
  for (const Symbols& line : lines) {
    num_words += static_cast<int64_t>(line.size());
    for (const uint32_t word : line) ++counts[word];
  }
  return counts;
}

/// Lin 2004, section 3.2; as in ROUGE 1.5.5 no word counts more often than either side has it.
Statistics compare_summaries(const std::vector<Symbols>& hypothesis,
                             const std::vector<Symbols>& reference) {
  int64_t num_hypothesis = 0, num_reference = 0, num_common = 0;
  WordCounts in_hypothesis = count_words(hypothesis, num_hypothesis);
  WordCounts in_reference = count_words(reference, num_reference);
  for (const Symbols& line : reference) {
    std::vector<bool> is_common(line.size(), false);
    for (const Symbols& other : hypothesis) mark_common(line, other, is_common);
    for (size_t i = 0; i < line.size(); ++i) {
      if (!is_common[i] || in_hypothesis[line[i]] == 0 || in_reference[line[i]] == 0) continue;
      --in_hypothesis[line[i]];
      --in_reference[line[i]];
      ++num_common;
    }
  }
  return measures(num_common, num_hypothesis, num_reference);
}

}  // namespace

std::string Rouge::name() const {
  constexpr const char* kNames[] = {"rouge1", "rouge2", "rougeL", "rougeLsum"};
  return kNames[static_cast<size_t>(options_.kind)];
}

std::string Rouge::settings() const {
  return base::cat("stem:", options_.use_stemmer ? "yes" : "no", "|version:rouge-score-0.1.2");
}

Statistics Rouge::compare(std::string_view hypothesis, std::string_view reference) const {
  RougeTokenizer tokenizer(options_.use_stemmer);
  if (options_.kind == RougeKind::kLsum) {
    return compare_summaries(tokenizer.tokenize_lines(hypothesis),
                             tokenizer.tokenize_lines(reference));
  }
  const Symbols hypothesis_words = tokenizer.tokenize(hypothesis);
  const Symbols reference_words = tokenizer.tokenize(reference);
  if (options_.kind == RougeKind::kL) return compare_sequences(hypothesis_words, reference_words);
  const int order = options_.kind == RougeKind::k1 ? 1 : 2;
  return compare_ngrams(hypothesis_words, reference_words, order);
}

Statistics Rouge::statistics(std::string_view hypothesis,
                             std::span<const std::string> references) const {
  check_references(references);
  std::vector<Statistics> by_reference;
  for (const std::string& reference : references) {
    by_reference.push_back(compare(hypothesis, reference));
  }
  return *std::ranges::max_element(
      by_reference, [](const Statistics& a, const Statistics& b) { return a[2] < b[2]; });
}

double Rouge::score(std::span<const double> sums) const { return sums[2] / sums[3]; }

ResampledScore Rouge::resampled_score(std::span<const float> sums) const {
  return {sums[2] / sums[3], /*is_single=*/true};
}

}  // namespace finetune::metrics
