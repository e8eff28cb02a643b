#include "text/unicode_forms.h"

#include <catch2/catch.hpp>

namespace finetune::text {
namespace {

std::string form_of(std::string_view text, NormalForm form) {
  AlignedText aligned(text, 0);
  normalize(aligned, form);
  return aligned.utf8();
}

}  // namespace

TEST_CASE("Hangul and letters compose and decompose") {
  CHECK(compose(0x1100, 0x1161) == 0xAC00);
  CHECK(compose(0xAC00, 0x11A8) == 0xAC01);
  CHECK_FALSE(compose(0xAC00, 0x11A7));
  CHECK(compose(U'e', 0x301) == 0xE9);
  CHECK_FALSE(compose(U'x', 0x301));
  CHECK(compatible_decomposition(0xFB01).size() == 2);
  CHECK(compatible_decomposition(0xE9).empty());
}

TEST_CASE("the four forms differ where they should") {
  const std::string_view text = "\u212B\uFB01e\u0301";
  CHECK(form_of(text, NormalForm::kNfc) == "\u00C5\uFB01\u00E9");
  CHECK(form_of(text, NormalForm::kNfd) == "A\u030A\uFB01e\u0301");
  CHECK(form_of(text, NormalForm::kNfkc) == "\u00C5fi\u00E9");
  CHECK(form_of(text, NormalForm::kNfkd) == "A\u030Afie\u0301");
}

TEST_CASE("a mark keeps a later one of its class from the letter") {
  CHECK(form_of("a\u0305\u0301", NormalForm::kNfc) == "a\u0305\u0301");
  CHECK(form_of("a\u0316\u0301", NormalForm::kNfc) == "\u00E1\u0316");
}

}  // namespace finetune::text
