#include "text/tokenizer_sections.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace finetune::text {
namespace {

using nlohmann::json;

const std::vector<std::string> kTokens = {"x", "[SEP]", "[CLS]", "[MASK]", "[UNK]", "[PAD]"};

TEST_CASE("Special tokens are listed by their ids in the vocabulary, wherever they are") {
  const TrainedClass& type = find_trained_class("bert", TokenizerKind::kWordPiece);
  const json added = tokenizer_section(kTokens, {type}).at("added_tokens");
  REQUIRE(added.size() == 5);
  CHECK(added[0].at("content") == "[SEP]");
  CHECK(added[0].at("id") == 1);
  CHECK(added[4].at("content") == "[PAD]");
  const json processor = bert_template(kTokens, type);
  CHECK(processor.at("special_tokens").at("[CLS]").at("ids") == json::array({2}));
  CHECK(processor.at("single").size() == 3);
  CHECK(processor.at("pair").size() == 5);
  CHECK(processor.at("pair")[3] == json::parse(R"({"Sequence": {"id": "B", "type_id": 1}})"));
}

TEST_CASE("A special token that the vocabulary lacks is our own mistake") {
  const TrainedClass& type = find_trained_class("bert", TokenizerKind::kWordPiece);
  CHECK_THROWS_AS(tokenizer_section({"x"}, {type}), InternalError);
}

TEST_CASE("Vocabularies and merges are written as tokenizers reads them") {
  const json section = bpe_section({"a", "b", "ab"}, {{"a", "b"}});
  CHECK(section.at("type") == "BPE");
  CHECK(section.at("vocab") == json::parse(R"({"a": 0, "b": 1, "ab": 2})"));
  CHECK(section.at("merges") == json::parse(R"([["a", "b"]])"));
  CHECK(vocabulary_section({}) == json::object());
  CHECK(file_text({{"a", 1}}) == "{\n  \"a\": 1\n}\n");
}

TEST_CASE("Settings of a class that decide about its text are written down") {
  TokenizerFiles files;
  const TrainedClass& t5 = find_trained_class("t5", TokenizerKind::kUnigram);
  add_config_files({t5}, files);
  CHECK(json::parse(files.at("tokenizer_config.json")).at("extra_ids") == 0);
  const TrainedClass& albert = find_trained_class("albert", TokenizerKind::kUnigram);
  add_config_files({albert, {}, true}, files);
  CHECK(json::parse(files.at("tokenizer_config.json")).at("keep_accents") == false);
  CHECK_FALSE(
      json::parse(files.at("special_tokens_map.json")).contains("additional_special_tokens"));
}

}  // namespace
}  // namespace finetune::text
