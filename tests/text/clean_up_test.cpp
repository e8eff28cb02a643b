#include "text/clean_up.h"

#include <catch2/catch.hpp>

namespace finetune::text {

// Expected: PreTrainedTokenizerFast.clean_up_tokenization of transformers 4.57.6.
TEST_CASE("spaces before punctuation and contractions go") {
  std::string text = "a . b ? c ! d , e ' f n't g 'm h 's i 've j 're do not .";
  clean_up_spaces(text);
  CHECK(text == "a. b? c! d, e'fn't g'm h's i've j're do not.");
}

TEST_CASE("the clean-up of tokens shortens do not as well") {
  std::string token = " do not ,";
  clean_up_token(token);
  CHECK(token == " don't,");
}

TEST_CASE("replacing goes from left to right and never looks at what it wrote") {
  std::string text = "aaa";
  replace_all(text, "aa", "a");
  CHECK(text == "aa");
  replace_all(text, "a", "ba");
  CHECK(text == "baba");
}

}  // namespace finetune::text
