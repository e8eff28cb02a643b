#include "text/tokenizer_config.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/error.h"
#include "support/test_support.h"

namespace finetune::text {
namespace {

TokenizerConfig read(const std::string& config) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "tokenizer_config.json", config);
  return TokenizerConfig::read(folder.path());
}

}  // namespace

TEST_CASE("plain special tokens are added once, those with attributes lie over what is there") {
  std::vector<AddedToken> tokens = {{"[CLS]"}, {"[MASK]"}};
  read(
      R"({"cls_token": "[CLS]", "mask_token": {"content": "[MASK]", "lstrip": true}, "eos_token": "e"})")
      .add_tokens(tokens);
  REQUIRE(tokens.size() == 4);
  CHECK(tokens[2].content == "e");
  CHECK(tokens[2].special);
  CHECK(tokens[3].lstrip);
}

TEST_CASE("converted T5 and Llama lay their own special tokens over what files say of them") {
  for (const char* name : {"T5Tokenizer", "LlamaTokenizer"}) {
    TokenizerConfig config = read(R"({"tokenizer_class": ")" + std::string(name) +
                                  R"(", "added_tokens_decoder": {"2": {"content": "<unk>",
                                  "rstrip": true, "normalized": true, "special": true}}})");
    config.set_class_specials(true);
    std::vector<AddedToken> tokens;
    config.add_tokens(tokens);
    const auto is_unknown = [](const AddedToken& token) { return token.content == "<unk>"; };
    const auto last = std::find_if(tokens.rbegin(), tokens.rend(), is_unknown);
    REQUIRE(last != tokens.rend());
    CHECK(*last == AddedToken{.content = "<unk>", .special = true});
  }
}

TEST_CASE("the sentinels of T5 are special tokens, and a list that names some must name all") {
  TokenizerConfig config = read(R"({"tokenizer_class": "T5Tokenizer", "extra_ids": 3})");
  config.set_class_specials(false);
  CHECK(config.additional_specials() ==
        std::vector<std::string>{"<extra_id_0>", "<extra_id_1>", "<extra_id_2>"});
  TokenizerConfig partial = read(
      R"({"tokenizer_class": "T5Tokenizer", "extra_ids": 3, "additional_special_tokens": ["<extra_id_0>"]})");
  CHECK_THROWS_AS(partial.set_class_specials(false), CheckpointError);
}

}  // namespace finetune::text
