#include "text/code_point_set.h"

#include <catch2/catch.hpp>

namespace finetune::text {

TEST_CASE("properties are found by short, long and loosely spelt names") {
  CHECK(property_set("Zl") == CodePointSet{{0x2028, 0x2028}});
  CHECK(property_set("white space") == std::nullopt);
  CHECK(property_set("Letter") == property_set("l"));
  CHECK(property_set("Nd")->front() == std::pair<char32_t, char32_t>{U'0', U'9'});
  CHECK(property_set("Han")->size() > 10);
}

TEST_CASE("the complement of the complement is the set") {
  const CodePointSet digits{{U'0', U'9'}, {0x10FFFF, 0x10FFFF}};
  CHECK(complement(digits) == CodePointSet{{0, U'/'}, {U':', 0x10FFFE}});
  CHECK(complement(complement(digits)) == digits);
}

TEST_CASE("spaces and word characters are those of regular expressions") {
  CHECK(regex_space_set().front() == std::pair<char32_t, char32_t>{9, 13});
  const CodePointSet words = regex_word_set();
  CHECK(words.front() == std::pair<char32_t, char32_t>{U'0', U'9'});
}

}  // namespace finetune::text
