// More of this in slow_folder_test.cpp, against transformers.
#include "text/class_overlay.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "support/test_support.h"

namespace finetune::text {
namespace {

using nlohmann::json;

TokenizerConfig config_of(const std::string& text) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "tokenizer_config.json", text);
  TokenizerConfig config = TokenizerConfig::read(folder.path());
  config.set_class_specials(false);
  return config;
}

}  // namespace

TEST_CASE("the prefix space of a config goes over that of the file") {
  json root = {{"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}},
               {"post_processor", {{"type", "ByteLevel"}, {"add_prefix_space", false}}}};
  lay_class_over(config_of(R"({"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": true})"), {},
                 root);
  CHECK(root["pre_tokenizer"]["add_prefix_space"] == true);
  CHECK(root["post_processor"]["add_prefix_space"] == false);
}

TEST_CASE("Llama's template is written anew, with tokens that must be there") {
  const JsonVocabulary tables{{{"<unk>", 0}, {"<s>", 1}, {"</s>", 2}}};
  json root = {{"post_processor", nullptr}};
  lay_class_over(config_of(R"({"tokenizer_class": "LlamaTokenizer", "add_eos_token": true})"),
                 tables, root);
  CHECK(root["post_processor"]["single"].size() == 3);
  CHECK(root["post_processor"]["special_tokens"]["</s>"]["ids"] == json::array({2}));
  CHECK_THROWS_AS(
      lay_class_over(config_of(R"({"tokenizer_class": "LlamaTokenizer", "bos_token": null})"),
                     tables, root),
      CheckpointError);
}

TEST_CASE("a folder without any config changes nothing") {
  json root = {{"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", true}}}};
  lay_class_over(TokenizerConfig(), {}, root);
  CHECK(root["pre_tokenizer"]["add_prefix_space"] == true);
}

}  // namespace finetune::text
