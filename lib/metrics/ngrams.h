#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace finetune::metrics {

/// A sequence of symbols: code points, or words as numbers.
using Symbols = std::vector<uint32_t>;

Symbols symbols_of_chars(std::u32string_view text);

/// Every sequence of words as numbers; equal words have equal numbers in all of them.
std::vector<Symbols> symbols_of_words(std::span<const std::vector<std::u32string_view>> sequences);

/// Counts of the n-grams of several sequences, order after order, over one numbering: an n-gram has
/// the same place in the counts of every sequence. Exact (nothing is hashed), O(length log length)
/// an order.
class NgramCounts {
 public:
  /// Counts of order 1.
  explicit NgramCounts(std::vector<Symbols> sequences);

  /// Goes to the next order.
  void advance();

  std::span<const int32_t> counts(size_t sequence) const { return counts_[sequence]; }
  int64_t total(size_t sequence) const { return static_cast<int64_t>(ids_[sequence].size()); }

  /// Sum over n-grams of the smaller count: how often `a` meets `b`.
  int64_t overlap(size_t a, size_t b) const;

 private:
  void number(const std::vector<std::vector<uint64_t>>& keys);

  std::vector<Symbols> sequences_;
  size_t order_ = 1;
  std::vector<std::vector<uint32_t>> ids_;    ///< by sequence: the n-gram that starts at a place
  std::vector<std::vector<int32_t>> counts_;  ///< by sequence, then n-gram
};

}  // namespace finetune::metrics
