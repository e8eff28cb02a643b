#include "text/truncation.h"

#include <catch2/catch.hpp>

#include "base/error.h"

namespace finetune::text {

using enum TruncationStrategy;

TEST_CASE("one text gives way, or both do") {
  CHECK(kept_sizes(5, 5, 20, kOnlyFirst) == std::pair<int64_t, int64_t>{5, 5});
  CHECK(kept_sizes(9, 5, 10, kOnlyFirst) == std::pair<int64_t, int64_t>{5, 5});
  CHECK(kept_sizes(5, 9, 10, kOnlySecond) == std::pair<int64_t, int64_t>{5, 5});
  CHECK(kept_sizes(20, 20, 7, kLongestFirst) == std::pair<int64_t, int64_t>{3, 4});
  CHECK(kept_sizes(9, std::nullopt, 4, kLongestFirst) == std::pair<int64_t, int64_t>{4, 0});
}

TEST_CASE("a text that cannot give way far enough is an error") {
  CHECK_THROWS_AS(kept_sizes(3, 20, 10, kOnlyFirst), DataError);
  CHECK_THROWS_AS(kept_sizes(20, std::nullopt, 10, kOnlySecond), ConfigError);
}

// Encoding.truncate of tokenizers 0.22.2.
TEST_CASE("windows overlap by the stride and start at the side that is kept") {
  using enum TruncationSide;
  CHECK(windows({7, 3, 1, kRight}) == std::vector<TokenRange>{{0, 3}, {2, 5}, {4, 7}});
  CHECK(windows({6, 3, 1, kLeft}) == std::vector<TokenRange>{{3, 6}, {1, 4}, {0, 2}});
  CHECK(kept_range(6, 3, kLeft) == TokenRange{3, 6});
  CHECK(windows({3, 0, 1, kLeft}) == std::vector<TokenRange>{{0, 0}, {0, 3}});
  CHECK_THROWS_AS(windows({7, 3, 3, kLeft}), ConfigError);
}

}  // namespace finetune::text
