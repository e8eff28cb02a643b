#include "text/aligned_text.h"

#include <catch2/catch.hpp>

#include "text/unicode_forms.h"

namespace finetune::text {

TEST_CASE("characters keep their place through filtering and mapping") {
  AlignedText text("a-b", 10);
  text.filter([](char32_t c) { return c != '-'; });
  text.map([](char32_t c) { return c == 'b' ? U'\u00E9' : c; });
  CHECK(text.utf8() == "a\u00E9");
  CHECK(text.origin(1) == CharRange{12, 13});
}

TEST_CASE("decomposition gives inserted marks the place of their letter") {
  AlignedText text("\u00E9x", 0);
  normalize(text, NormalForm::kNfd);
  REQUIRE(text.size() == 3);
  CHECK(text.origin(1) == CharRange{0, 1});
  CHECK(text.origin(2) == CharRange{1, 2});
}

// n = NormalizedString("a\u0301\u302Eb"); NFD().normalize(n); n[1:2].original is "\u0301" in
// tokenizers 0.22.2.
TEST_CASE("marks that change places take over each other's origin, as in tokenizers") {
  AlignedText text("a\u0301\u302E\u0316b", 0);
  normalize(text, NormalForm::kNfd);
  CHECK(text.utf8() == "a\u0316\u302E\u0301b");
  CHECK(text.origin(1) == CharRange{1, 2});
  CHECK(text.origin(3) == CharRange{3, 4});
}

TEST_CASE("lower case may lengthen a text") {
  AlignedText text("\u0130X", 0);
  text.lower_case();
  CHECK(text.utf8() == "i\u0307x");
  CHECK(text.origin(1) == CharRange{0, 1});
}

TEST_CASE("ill-formed UTF-8 counts as one character each") {
  const AlignedText text("a\xFF", 0);
  REQUIRE(text.size() == 2);
  CHECK(text.at(1) == 0xFFFD);
}

}  // namespace finetune::text
