#include "metrics/unicode.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "metrics/text_cases.h"

using namespace finetune::metrics;
using finetune::test::utf8;

TEST_CASE("lower-casing, stripping and splitting equal Python's on texts of all scripts") {
  finetune::test::check_unicode(finetune::test::text_fixture());
}

TEST_CASE("a sigma is final where only the word's letters stand before it") {
  CHECK(to_lower(U"ΟΔΥΣΣΕΥΣ") == U"οδυσσευς");
  CHECK(to_lower(U"Σ") == U"σ");
  CHECK(to_lower(U"ΑΣ.") == U"ας.");
  CHECK(to_lower(U"ΑΣ.Α") == U"ασ.α");  // a period is looked through
  CHECK(to_lower(U"ΑΣ Α") == U"ας α");
  CHECK(to_lower(U"1Σ") == U"1σ");
}

TEST_CASE("İ becomes two characters, and what has no case stays") {
  CHECK(to_lower(U"İX中!") == U"i\u0307x中!");
}

TEST_CASE("the flags of a code point") {
  CHECK(char_flags(0) == 0);
  CHECK(has_flag(U'!', kPunctuationChar));
  CHECK(has_flag(U'。', kPunctuationChar));
  CHECK(has_flag(U'$', kSymbolChar));
  CHECK(has_flag(U'😀', kSymbolChar));
  CHECK(has_flag(U'½', kNumberChar));
  CHECK(has_flag(U'٣', kNumberChar));
  CHECK_FALSE(has_flag(U'a', kPunctuationChar));
  CHECK(char_flags(0x10FFFF) == 0);
  CHECK_NOTHROW(char_flags(0x110000));
}

TEST_CASE("white space at both ends, and alone") {
  CHECK(utf8(strip(U" \u3000a b\t")) == "a b");
  CHECK(strip(U" \u2003").empty());
  CHECK(split_words(U" \u00a0 ").empty());
  CHECK(split_words(U"").empty());
  CHECK(split_words(U"a\u200bb").size() == 1);  // a zero-width space is none
}
