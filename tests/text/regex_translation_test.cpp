#include "text/regex_translation.h"

#include <catch2/catch.hpp>

namespace finetune::text {

TEST_CASE("syntax of Oniguruma becomes that of PCRE2") {
  CHECK(translate_regex(U"a{,2}|(?m:.)").pattern == U"a{0,2}|(?s:.)");
  CHECK(translate_regex(U"[a-c\\-x-]").pattern == U"[\\x{2D}\\x{61}-\\x{63}\\x{78}]");
  CHECK(translate_regex(U"[a&&b]|[^a&&b]").pattern == U"(?!)|(?s:.)");
  CHECK(translate_regex(U"\\pL").pattern == U"\\x{70}L");
  CHECK(translate_regex(U"(?i)\\h").pattern ==
        U"(?i)(?-i:[\\x{30}-\\x{39}\\x{41}-\\x{46}\\x{61}-\\x{66}])");
  CHECK(translate_regex(U"\\h").pattern == U"[\\x{30}-\\x{39}\\x{41}-\\x{46}\\x{61}-\\x{66}]");
  CHECK(translate_regex(U"\\u0041\\.\\v").pattern == U"\\x{41}\\x{2E}\\x{B}");
  CHECK(translate_regex(U"\\Z").pattern == U"(?=\\n?\\z)");
  CHECK(translate_regex(U"[\\p{Zs}]").pattern ==
        U"[\\x{20}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{202F}\\x{205F}\\x{3000}]");
}

TEST_CASE("what is not surely the same is refused") {
  for (const std::u32string_view regex :
       {U"a{2}?", U"a{1,2}+", U"\\G", U"\\K", U"(?~a)", U"(?x:a)", U"\\p{Vai}", U"\\X", U"a(?i)b",
        U"(?i:\u00DF)", U"a{", U"[]a]", U"\\", U"(?i:st)", U"\\x{110000}", U"a+*"}) {
    INFO(std::string(regex.begin(), regex.end()));
    CHECK(translate_regex(regex).problem.has_value());
  }
}

}  // namespace finetune::text
