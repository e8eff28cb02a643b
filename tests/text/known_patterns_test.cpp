#include "text/known_patterns.h"

#include <catch2/catch.hpp>

namespace finetune::text {
namespace {

std::vector<size_t> ends(KnownPattern pattern, std::u32string_view text) {
  std::vector<TextSpan> matches;
  make_known_pattern(pattern)->find(text, matches);
  std::vector<size_t> result;
  for (const TextSpan& match : matches) result.push_back(match.second);
  return result;
}

using Ends = std::vector<size_t>;

}  // namespace

// Expected values: Split(Regex(...), "isolated") of tokenizers 0.22.2.
TEST_CASE("GPT-2's expression leaves the last space to the word") {
  CHECK(ends(KnownPattern::kGpt2, U"I'll've  x1\u00B2.!\n\n y ") ==
        Ends{1, 4, 7, 8, 10, 12, 14, 16, 18, 19});
  CHECK(ends(KnownPattern::kGpt2, U"'S") == Ends{1, 2});
}

TEST_CASE("the expressions of Llama 3 and Qwen2 differ in their numbers") {
  CHECK(ends(KnownPattern::kLlama3, U"a'S 12345\r\n\n .x") == Ends{1, 3, 4, 7, 9, 12, 14, 15});
  CHECK(ends(KnownPattern::kQwen2, U"12 3") == Ends{1, 2, 3, 4});
  CHECK(ends(KnownPattern::kLlama3, U"'\u017Fx") == Ends{2, 3});
}

TEST_CASE("runs of spaces and words are found") {
  std::vector<TextSpan> matches;
  make_known_pattern(KnownPattern::kTwoSpaces)->find(U" a   b", matches);
  CHECK(matches == std::vector<TextSpan>{{2, 5}});
  make_known_pattern(KnownPattern::kSpaceRun)->find(U"a\t\u3000b", matches);
  CHECK(matches == std::vector<TextSpan>{{1, 3}});
  make_known_pattern(KnownPattern::kWords)->find(U"a_1-- b", matches);
  CHECK(matches == std::vector<TextSpan>{{0, 3}, {3, 5}, {6, 7}});
}

TEST_CASE("an expression is known by its exact spelling only") {
  CHECK(find_known_pattern(R"(\s+)") == KnownPattern::kSpaceRun);
  CHECK_FALSE(find_known_pattern(R"(\s+ )"));
}

}  // namespace finetune::text
