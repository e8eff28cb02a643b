#include "text/text_pattern.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace finetune::text {
namespace {

std::vector<std::string> cut_at(const TextPattern& pattern, std::string_view text, SplitRule rule) {
  const AlignedText aligned(text, 0);
  std::vector<TextSpan> matches;
  pattern.find(aligned.chars(), matches);
  std::vector<AlignedText> pieces;
  cut(aligned, matches, rule, pieces);
  std::vector<std::string> result;
  for (const AlignedText& piece : pieces) result.push_back(piece.utf8());
  return result;
}

using Strings = std::vector<std::string>;

}  // namespace

// The examples of the documentation of tokenizers, and Split("-", ..., invert=True) for the rest.
TEST_CASE("every behaviour treats the delimiter in its way") {
  const auto dash = make_literal_pattern(U"-");
  const std::string_view text = "the-final--countdown";
  using enum SplitBehavior;
  CHECK(cut_at(*dash, text, {kRemoved, false}) == Strings{"the", "final", "countdown"});
  CHECK(cut_at(*dash, text, {kIsolated, false}) ==
        Strings{"the", "-", "final", "-", "-", "countdown"});
  CHECK(cut_at(*dash, text, {kMergedWithPrevious, false}) ==
        Strings{"the-", "final-", "-", "countdown"});
  CHECK(cut_at(*dash, text, {kMergedWithNext, false}) ==
        Strings{"the", "-final", "-", "-countdown"});
  CHECK(cut_at(*dash, text, {kContiguous, false}) ==
        Strings{"the", "-", "final", "--", "countdown"});
  CHECK(cut_at(*dash, text, {kRemoved, true}) == Strings{"-", "-", "-"});
  CHECK(cut_at(*dash, text, {kMergedWithPrevious, true}) ==
        Strings{"the", "-final", "-", "-countdown"});
}

TEST_CASE("an empty literal matches between all characters, a class each of its characters") {
  std::vector<TextSpan> matches;
  make_literal_pattern(U"")->find(U"ab", matches);
  CHECK(matches == std::vector<TextSpan>{{0, 0}, {1, 1}, {2, 2}});
  make_char_pattern([](char32_t c) { return c == U'b'; })->find(U"abb", matches);
  CHECK(matches == std::vector<TextSpan>{{1, 2}, {2, 3}});
}

TEST_CASE("patterns and behaviours are read by their names") {
  const nlohmann::json pattern = {{"String", "a"}};
  std::vector<TextSpan> matches;
  read_pattern(JsonNode(pattern))->find(U"ba", matches);
  CHECK(matches == std::vector<TextSpan>{{1, 2}});
  const nlohmann::json behavior = "MergedWithNext";
  CHECK(read_split_behavior(JsonNode(behavior)) == SplitBehavior::kMergedWithNext);
}

}  // namespace finetune::text
