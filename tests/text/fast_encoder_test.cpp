#include "text/fast_encoder.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "text/word_level.h"

namespace finetune::text {
namespace {

bool has_fast_way(const char* json) {
  const nlohmann::json root = nlohmann::json::parse(json);
  const WordLevel model({{"u", 0}, {"\u2581", 1}}, "u");
  return make_fast_encoder(JsonNode(root), model) != nullptr;
}

}  // namespace

TEST_CASE("only pipelines that are known in every part have a fast way") {
  CHECK(has_fast_way(R"({"pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581"}})"));
  for (
      const char* json :
      {R"({})", R"({"pre_tokenizer": null})", R"({"pre_tokenizer": {"type": "Whitespace"}})",
       R"({"pre_tokenizer": {"type": "Metaspace", "replacement": "_"}})",
       R"({"pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "split": false}})",
       R"({"normalizer": {"type": "Prepend", "prepend": "x"},
            "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581"}})",
       R"({"normalizer": {"type": "Replace", "pattern": {"String": "a b"}, "content": "c"},
            "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581"}})",
       R"({"normalizer": {"type": "Replace", "pattern": {"Regex": "a+"}, "content": "c"},
            "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581"}})",
       R"({"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true}})"}) {
    INFO(json);
    CHECK_FALSE(has_fast_way(json));
  }
}

}  // namespace finetune::text
