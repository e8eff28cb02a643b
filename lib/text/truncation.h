#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "text/tokenizer.h"

namespace finetune::text {

/// Half-open range of the tokens of one text.
using TokenRange = std::pair<size_t, size_t>;

/// How many tokens of each text are kept: at most `limit` together. Without a second text
/// `second` is nothing. Throws ConfigError for kOnlySecond without one, DataError when the text
/// that may be cut is too short for that.
std::pair<int64_t, int64_t> kept_sizes(int64_t first, std::optional<int64_t> second, int64_t limit,
                                       TruncationStrategy strategy);

/// A text of `size` tokens, of which a window holds `kept`.
struct WindowSizes {
  int64_t size;
  int64_t kept;
  int64_t stride;
  TruncationSide side;
};

/// The windows over a text: the first is what is kept, each further one repeats `stride` tokens of
/// the one before. From the left end, or from the right end where the left side is cut. Throws
/// ConfigError when stride is not below `kept`.
std::vector<TokenRange> windows(const WindowSizes& sizes);

/// The first of windows(): no error for any stride.
TokenRange kept_range(int64_t size, int64_t kept, TruncationSide side);

}  // namespace finetune::text
