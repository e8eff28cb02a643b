#include "text/regex_reader.h"

#include <catch2/catch.hpp>

namespace finetune::text {

TEST_CASE("an expression is read from left to right") {
  RegexReader reader(U"ab(?:c");
  CHECK(reader.take() == U'a');
  CHECK(reader.peek() == U'b');
  CHECK(reader.peek(1) == U'(');
  CHECK_FALSE(reader.accept(U"(?:"));
  CHECK(reader.accept(U"b(?:"));
  CHECK(reader.place() == 5);
  CHECK(reader.take() == U'c');
  CHECK(reader.at_end());
  CHECK(reader.peek() == U'\0');
  CHECK_THROWS_AS(reader.take(), RegexRefusal);
}

TEST_CASE("escapes stand for a set or for a character") {
  CHECK(RegexReader(U"").set_escape(U'd') == property_set("Nd"));
  CHECK(RegexReader(U"").set_escape(U'S') == complement(regex_space_set()));
  CHECK(RegexReader(U"{^Lu}").set_escape(U'P') == property_set("Lu"));
  CHECK(RegexReader(U"L").set_escape(U'p') == std::nullopt);  // \pL are two letters
  CHECK(RegexReader(U"L").char_escape(U'p') == U'p');
  CHECK(RegexReader(U"{20ac}").char_escape(U'x') == U'\u20AC');
  CHECK(RegexReader(U"0041").char_escape(U'u') == U'A');
  CHECK(RegexReader(U"").char_escape(U'n') == U'\n');
  CHECK(RegexReader(U"").char_escape(U'q') == std::nullopt);
  CHECK_THROWS_AS(RegexReader(U"{Unheard}").set_escape(U'p'), RegexRefusal);
  CHECK_THROWS_AS(RegexReader(U"{L").set_escape(U'p'), RegexRefusal);
  CHECK_THROWS_AS(RegexReader(U"4").char_escape(U'x'), RegexRefusal);
}

}  // namespace finetune::text
