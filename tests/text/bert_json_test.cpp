#include "text/bert_json.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "folder_fixtures.h"

namespace finetune::text {
namespace {

using nlohmann::json;

bool has_bert_shape(const json& root) { return is_bert_shape(JsonNode(root)); }

}  // namespace

TEST_CASE("only files of exactly BERT's parts have its shape") {
  const json good = base::read_json_file(fixture_folder("json-cased") / "tokenizer.json");
  CHECK(has_bert_shape(good));
  for (const char* section :
       {"normalizer", "pre_tokenizer", "model", "post_processor", "decoder"}) {
    json other = good;
    other[section]["type"] = "Sequence";
    CHECK_FALSE(has_bert_shape(other));
  }
  json bare = good;
  bare["normalizer"] = bare["decoder"] = nullptr;
  CHECK(has_bert_shape(bare));
  bare["pre_tokenizer"] = nullptr;
  CHECK_FALSE(has_bert_shape(bare));
}

TEST_CASE("the sections of BERT are read") {
  const json good = base::read_json_file(fixture_folder("json-cased") / "tokenizer.json");
  const BertParts parts = read_bert_sections(JsonNode(good));
  CHECK(parts.model.continuing_prefix == "##");
  CHECK(parts.post_processor.pair().size() == 5);
  CHECK(parts.decoder.has_value());
}

}  // namespace finetune::text
