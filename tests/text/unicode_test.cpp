#include "text/unicode.h"

#include <catch2/catch.hpp>

namespace finetune::text {

// The whole table is compared with tokenizers, code point by code point, in reference_test.cpp.

TEST_CASE("flags tell kinds of characters apart") {
  CHECK(char_flags('a') == kWordChar);
  CHECK(char_flags('A') == (kWordChar | kLowersChar));
  CHECK(char_flags(' ') == kSpaceChar);
  CHECK(char_flags('$') == kPunctuationChar);  // category S, but ASCII punctuation
  CHECK(char_flags(0x301) == (kNonspacingChar | kNonstarterChar | kWordChar));
  CHECK((char_flags(0x200B) & kControlChar) != 0);
  CHECK((char_flags(0x378) & kControlChar) == 0);  // unassigned characters stay
  CHECK(char_flags(0x110000) == 0);
}

TEST_CASE("canonical decomposition is full and leaves other characters alone") {
  CHECK(decompose('a').chars[0] == 'a');
  const Expansion angstrom = decompose(0x1FA7);  // omega, breathing, accent, iota: four characters
  REQUIRE(angstrom.count == 4);
  CHECK(angstrom.chars == std::array<char32_t, 4>{0x3C9, 0x314, 0x342, 0x345});
  const Expansion syllable = decompose(0xD55C);
  REQUIRE(syllable.count == 3);
  CHECK(syllable.chars[2] == 0x11AB);
  CHECK(decompose(0xAC00).count == 2);
}

TEST_CASE("lower case goes by code point") {
  CHECK(lower_case(0x3A3).chars[0] == 0x3C3);  // never the final sigma
  CHECK(lower_case(0x130).count == 2);
}

TEST_CASE("combining classes order marks") {
  CHECK(combining_class('a') == 0);
  CHECK(combining_class(0x334) == 1);
  CHECK(combining_class(0x302E) == 224);
  CHECK(combining_class(0x301) == 230);
  CHECK(combining_class(0x345) == 240);
}

TEST_CASE("the Chinese blocks are those of tokenizers") {
  CHECK(is_chinese(0x4E00));
  CHECK(is_chinese(0x2B920));
  CHECK_FALSE(is_chinese(0x2B820));
  CHECK_FALSE(is_chinese(0x3042));
}

}  // namespace finetune::text
