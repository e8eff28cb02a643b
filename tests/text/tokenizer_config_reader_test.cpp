#include <catch2/catch.hpp>

#include "base/error.h"
#include "support/test_support.h"
#include "text/tokenizer_config.h"

namespace finetune::text {
namespace {

TokenizerConfig read(const std::string& config, const std::string& map = "") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "tokenizer_config.json", config);
  if (!map.empty()) test::write_file(folder.path() / "special_tokens_map.json", map);
  return TokenizerConfig::read(folder.path());
}

}  // namespace

TEST_CASE("absent files say nothing") {
  const test::TemporaryFolder folder;
  const TokenizerConfig config = TokenizerConfig::read(folder.path());
  CHECK_FALSE(config.exists());
  CHECK_FALSE(config.special("cls_token").has_value());
  CHECK(config.normalizer().lowercase);
}

TEST_CASE("special_tokens_map.json counts only without added_tokens_decoder") {
  const std::string map = R"({"unk_token": "<u>"})";
  CHECK(read(R"({"unk_token": "x"})", map).special("unk_token") == "<u>");
  CHECK(read(R"({"unk_token": "x", "added_tokens_decoder": {}})", map).special("unk_token") == "x");
}

// As transformers 4.57.6 takes them from a tokenizer.json for folders of old.
TEST_CASE("named special tokens are as tokenizer.json has them, without added_tokens_decoder") {
  const auto read_folder = [](const std::string& config, const std::string& document) {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "tokenizer_config.json", config);
    test::write_file(folder.path() / "tokenizer.json", document);
    return TokenizerConfig::read(folder.path());
  };
  const std::string document =
      R"({"version": "1.0", "added_tokens": [{"id": 3, "content": "<m>", "lstrip": true}],
          "model": {"vocab": {"<m>": 3}}})";
  CHECK(read_folder(R"({"mask_token": "<m>"})", document).specials().at(0).lstrip);
  CHECK(read_folder(R"({"mask_token": "<m>"})", document).listed_tokens().size() == 1);
  CHECK_FALSE(read_folder(R"({"mask_token": "<m>", "added_tokens_decoder": {}})", document)
                  .specials()
                  .at(0)
                  .lstrip);
  const TokenizerConfig extra =
      read_folder(R"({"extra_special_tokens": {"mask_token": "<m>"}})", document);
  CHECK_FALSE(extra.specials().at(0).lstrip);
  CHECK(read(R"({"extra_special_tokens": {"pad_token": "<p>"}})", R"({"pad_token": "<q>"})")
            .special("pad_token") == "<p>");
  CHECK(read_folder("{}", "{}").listed_tokens().empty());
  CHECK_THROWS_WITH(read_folder("{}", "{\"added_tokens\":\n\n[}"), Catch::Contains("3"));
  CHECK_THROWS_AS(read_folder("{}", R"({"added_tokens": [{}]})"), CheckpointError);
}

TEST_CASE("of an additional token that is given twice the last attributes count") {
  const std::vector<AddedToken> tokens =
      read(R"({"additional_special_tokens": [{"content": "<a>", "lstrip": true}, "<b>",
               {"content": "<a>", "rstrip": true}, "<a>"]})")
          .specials();
  REQUIRE(tokens.size() == 2);
  CHECK(tokens[0].content == "<a>");
  CHECK_FALSE(tokens[0].lstrip);
  CHECK(tokens[0].rstrip);
}

TEST_CASE("special tokens by roles of the model's own are an object, as transformers wants it") {
  const TokenizerConfig config =
      read(R"({"extra_special_tokens": {"z": "<z>", "a": "<a>", "pad_token": "<p>"}})");
  const std::vector<AddedToken> specials = config.specials();
  REQUIRE(specials.size() == 3);
  CHECK(specials[0].content == "<p>");
  CHECK(specials[1].content == "<z>");  // the order of the file
  CHECK(specials[2].content == "<a>");
  for (const char* value :
       {R"(["<z>"])", "[]", "null", R"({"z": 5})", R"({"z": {"content": "a"}})"}) {
    INFO(value);
    CHECK_THROWS_AS(read(R"({"extra_special_tokens": )" + std::string(value) + "}"),
                    CheckpointError);
  }
}

TEST_CASE("the side that is cut and the splitting of special tokens are told") {
  CHECK(read("{}").truncation_side() == std::nullopt);
  CHECK_FALSE(read("{}").splits_specials());
  const TokenizerConfig config =
      read(R"({"truncation_side": "left", "split_special_tokens": true})");
  CHECK(config.truncation_side() == TruncationSide::kLeft);
  CHECK(config.splits_specials());
  CHECK_THROWS_AS(read(R"({"truncation_side": "Left"})"), CheckpointError);
  CHECK_THROWS_AS(read(R"({"truncation_side": null})"), CheckpointError);
  CHECK_THROWS_AS(read(R"({"split_special_tokens": null})"), CheckpointError);
}

TEST_CASE("classes of the BERT family are known, with and without Fast") {
  CHECK(read(R"({"tokenizer_class": "ElectraTokenizerFast"})").is_bert_class());
  CHECK(read(R"({"tokenizer_class": "BertTokenizer"})").is_bert_class());
  CHECK_FALSE(read(R"({"tokenizer_class": "PreTrainedTokenizerFast"})").is_bert_class());
  CHECK_FALSE(read("{}").is_bert_class());
}

TEST_CASE("wrong values are named by file and path") {
  CHECK_THROWS_WITH(read(R"({"do_lower_case": "yes"})"),
                    Catch::Contains("'/do_lower_case'") || Catch::Contains("reading"));
  for (const char* config :
       {R"({"do_lower_case": "yes"})", R"({"cls_token": 5})", R"({"additional_special_tokens": 5})",
        R"({"added_tokens_decoder": {"x": {"content": "a"}}})",
        R"({"added_tokens_decoder": {"1": {}}})", R"([])", R"({"a": 1, "a": 2})"}) {
    INFO(config);
    CHECK_THROWS_AS(read(config), CheckpointError);
  }
}

}  // namespace finetune::text
