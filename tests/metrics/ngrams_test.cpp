#include "metrics/ngrams.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>

using namespace finetune::metrics;

namespace {

/// Counting n-grams as the definition says.
std::map<Symbols, int32_t> naive_counts(const Symbols& sequence, size_t order) {
  std::map<Symbols, int32_t> counts;
  for (size_t i = 0; i + order <= sequence.size(); ++i) {
    const auto begin = sequence.begin() + static_cast<ptrdiff_t>(i);
    ++counts[Symbols(begin, begin + static_cast<ptrdiff_t>(order))];
  }
  return counts;
}

}  // namespace

TEST_CASE("overlaps and totals equal naive counting for every order") {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    std::vector<Symbols> sequences(2);
    for (Symbols& sequence : sequences) {
      sequence.resize(random() % 20);
      for (uint32_t& symbol : sequence) symbol = 0x10000u + static_cast<uint32_t>(random() % 3);
    }
    NgramCounts ngrams(sequences);
    for (size_t order = 1; order <= 6; ++order) {
      if (order > 1) ngrams.advance();
      const auto a = naive_counts(sequences[0], order), b = naive_counts(sequences[1], order);
      int64_t total = 0, overlap = 0;
      for (const auto& [ngram, count] : a) {
        total += count;
        if (b.contains(ngram)) overlap += std::min(count, b.at(ngram));
      }
      CHECK(ngrams.total(0) == total);
      CHECK(ngrams.overlap(0, 1) == overlap);
      CHECK(ngrams.overlap(1, 0) == overlap);
    }
  }
}

TEST_CASE("equal words have equal numbers in all sequences") {
  const std::vector<std::vector<std::u32string_view>> words = {{U"a", U"b", U"a"}, {U"b", U"c"}};
  const auto symbols = symbols_of_words(words);
  CHECK(symbols[0][0] == symbols[0][2]);
  CHECK(symbols[0][1] == symbols[1][0]);
  CHECK(symbols[1][1] != symbols[0][0]);
  CHECK(symbols[1][1] != symbols[0][1]);
}
