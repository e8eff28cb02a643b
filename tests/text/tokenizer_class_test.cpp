#include "text/tokenizer_class.h"

#include <catch2/catch.hpp>

namespace finetune::text {

TEST_CASE("a class is known with and without Fast") {
  const TokenizerClass* slow = find_tokenizer_class("T5Tokenizer");
  REQUIRE(slow != nullptr);
  CHECK(find_tokenizer_class("T5TokenizerFast") == slow);
  CHECK(slow->conversion == Conversion::kT5);
  CHECK(find_tokenizer_class("PreTrainedTokenizerFast") != nullptr);
  CHECK(find_tokenizer_class("CanineTokenizer") == nullptr);
  CHECK(find_tokenizer_class("") == nullptr);
}

TEST_CASE("every model type names a class that is known") {
  for (const char* type : {"bert", "roberta", "distilbert", "electra", "albert", "gpt2", "t5",
                           "mt5", "xlm-roberta", "bart", "marian", "llama", "mistral"}) {
    INFO(type);
    CHECK(find_tokenizer_class(tokenizer_class_of(type)) != nullptr);
  }
  CHECK(tokenizer_class_of("canine").empty());
}

}  // namespace finetune::text
