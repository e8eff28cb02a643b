#include "text/unicode_categories.h"

#include <catch2/catch.hpp>

namespace finetune::text {

TEST_CASE("categories and flags are those of the library") {
  CHECK(category(U'a') == Category::kLl);
  CHECK(category(U'A') == Category::kLu);
  CHECK(is_letter(0x4E00));
  CHECK(is_number(0xBD));
  CHECK(is_mark(0x301));
  CHECK(is_regex_space(0x85));
  CHECK_FALSE(is_regex_space(0x200B));
  CHECK((char_properties(0xBD) & kNumericChar) != 0);
  CHECK((char_properties(0x301) & kMarkChar) != 0);
  CHECK(char_properties(0x110000) == 0);
}

TEST_CASE("the Japanese scripts are one group, spaces belong to any") {
  CHECK(script_group(0x3069) == script_group(0x6F22));
  CHECK(script_group(U' ') == kAnyScript);
  CHECK(script_group(U'a') != script_group(0x440));
}

}  // namespace finetune::text
