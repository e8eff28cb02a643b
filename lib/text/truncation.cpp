#include "text/truncation.h"

#include <algorithm>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::text {
namespace {

/// The longer text is cut down to the shorter, then both alike; an odd token goes to the one that
/// was longer (the second of two equals).
std::pair<int64_t, int64_t> cut_longest_first(int64_t first, int64_t second, int64_t limit) {
  int64_t shorter = std::min(first, second);
  int64_t longer = shorter > limit ? shorter : std::max(shorter, limit - shorter);
  if (shorter + longer > limit) {
    shorter = limit / 2;
    longer = shorter + limit % 2;
  }
  if (first > second) std::swap(shorter, longer);
  return {std::min(first, shorter), std::min(second, longer)};
}

int64_t cut_one(int64_t size, int64_t to_remove, const char* which) {
  if (size > to_remove) return size - to_remove;
  throw DataError(base::cat("truncation 'only_", which, "': that text has ", size, " tokens, and ",
                            to_remove, " would have to go"));
}

}  // namespace

std::pair<int64_t, int64_t> kept_sizes(int64_t first, std::optional<int64_t> second, int64_t limit,
                                       TruncationStrategy strategy) {
  const int64_t other = second.value_or(0);
  const int64_t to_remove = first + other - limit;
  if (to_remove <= 0) return {first, other};
  if (limit == 0) return {0, 0};
  if (strategy == TruncationStrategy::kOnlyFirst) {
    return {cut_one(first, to_remove, "first"), other};
  }
  if (strategy == TruncationStrategy::kOnlySecond) {
    if (!second) throw ConfigError("truncation 'only_second' needs a second text");
    return {first, cut_one(other, to_remove, "second")};
  }
  if (!second) return {limit, 0};
  return cut_longest_first(first, other, limit);
}

TokenRange kept_range(int64_t size, int64_t kept, TruncationSide side) {
  const int64_t begin = side == TruncationSide::kLeft ? size - kept : 0;
  return {static_cast<size_t>(begin), static_cast<size_t>(begin + kept)};
}

std::vector<TokenRange> windows(const WindowSizes& sizes) {
  const auto [size, kept, stride, side] = sizes;
  if (kept >= size) return {{0, static_cast<size_t>(size)}};
  if (kept == 0) return {{0, 0}, {0, static_cast<size_t>(size)}};
  if (stride < 0 || stride >= kept) {
    throw ConfigError(base::cat("stride ", stride, " must be at least 0 and below the ", kept,
                                " tokens that max_length leaves for a text"));
  }
  std::vector<TokenRange> ranges;
  for (int64_t start = 0;; start += kept - stride) {
    const int64_t stop = std::min(start + kept, size);
    const bool is_left = side == TruncationSide::kLeft;
    ranges.emplace_back(is_left ? size - stop : start, is_left ? size - start : stop);
    if (stop == size) return ranges;
  }
}

}  // namespace finetune::text
