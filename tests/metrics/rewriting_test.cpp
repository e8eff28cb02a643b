#include "metrics/rewriting.h"

#include <catch2/catch.hpp>

#include "metrics/text_cases.h"

using namespace finetune::metrics;
using finetune::test::utf8;

namespace {

bool is_a(char32_t c) { return c == U'a'; }
bool is_b(char32_t c) { return c == U'b'; }

}  // namespace

// Expected values are re.sub's of Python 3.11.

TEST_CASE("pairs are found from the left and share no character") {
  CHECK(utf8(space_pairs(U"abab", is_a, is_b, PairSpaces::kAfter)) == "a b a b ");
  CHECK(utf8(space_pairs(U"abab", is_a, is_b, PairSpaces::kBefore)) == " a b a b");
  CHECK(utf8(space_pairs(U"aaa", is_a, is_a, PairSpaces::kAfter)) == "a a a");
  CHECK(utf8(space_pairs(U"ba", is_a, is_b, PairSpaces::kAfter)) == "ba");
  CHECK(space_pairs(U"", is_a, is_b, PairSpaces::kAfter).empty());
}

TEST_CASE("every character of a class gets its spaces") {
  CHECK(utf8(space_around(U"aab", is_a)) == " a  a b");
}

TEST_CASE("texts are replaced from the left") {
  CHECK(utf8(replace_all(U"aaa", U"aa", U"b")) == "ba");
  CHECK(utf8(replace_all(U"xyz", U"a", U"b")) == "xyz");
  CHECK(utf8(replace_all(U"", U"a", U"b")).empty());
}

TEST_CASE("XML entities are read one after the other") {
  CHECK(utf8(unescape(U"&quot;&amp;&lt;&gt;")) == "\"&<>");
  CHECK(utf8(unescape(U"&amp;lt; &amp;quot;")) == "< &quot;");
}

TEST_CASE("western punctuation is ASCII without comma, dash, period, apostrophe") {
  std::u32string found;
  for (char32_t c = 0; c < 0x250; ++c) {
    if (is_western_punctuation(c)) found.push_back(c);
  }
  CHECK(utf8(found) == " !\"#$%&()*+/:;<=>?@[\\]^_`{|}~");
}

TEST_CASE("periods and commas stay between digits only") {
  CHECK(utf8(split_numbers(U"1,234.5")) == "1,234.5");
  CHECK(utf8(split_numbers(U"5. a")) == "5 .  a");
  CHECK(utf8(split_numbers(U"a.5")) == "a  .  5");
  CHECK(utf8(split_numbers(U"1-2 a-b")) == "1 - 2 a-b");
}
