#include "text/fast_encoder.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "text/bpe.h"
#include "text/word_level.h"

namespace finetune::text {
namespace {

bool has_fast_way(const char* json) {
  const nlohmann::json root = nlohmann::json::parse(json);
  const WordLevel model({{"u", 0}, {"\u2581", 1}}, "u");
  return make_fast_encoder(JsonNode(root), model) != nullptr;
}

bool has_one_piece_way(const char* normalizer, const BpeOptions& options, bool has_bytes = false) {
  std::vector<std::pair<std::string, int32_t>> tokens = {{"u", 0}, {"\u2581", 1}};
  for (int32_t byte = 0; has_bytes && byte < 256; ++byte) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    tokens.emplace_back(std::string("<0x") + kDigits[byte / 16] + kDigits[byte % 16] + ">",
                        byte + 2);
  }
  const nlohmann::json root = {{"normalizer", nlohmann::json::parse(normalizer)}};
  return make_fast_encoder(JsonNode(root), Bpe(tokens, {}, options)) != nullptr;
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

TEST_CASE("BPE over the whole text is cut at spaces that a normalizer makes visible once") {
  BpeOptions with_unknown, with_bytes;
  with_unknown.unknown_token = "u";
  with_bytes.byte_fallback = true;
  constexpr const char* kReplace =
      R"({"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"})";
  CHECK(has_one_piece_way(kReplace, with_unknown));
  CHECK(has_one_piece_way(
      R"({"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"},
          {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]})",
      with_unknown));
  for (const char* normalizer :
       {R"({"type": "Prepend", "prepend": "\u2581"})", R"({"type": "Sequence", "normalizers": []})",
        R"({"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "\u2581"}, {"type": "Prepend", "prepend": "\u2581"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]})"}) {
    INFO(normalizer);
    CHECK_FALSE(has_one_piece_way(normalizer, with_unknown));
  }
  CHECK_FALSE(has_one_piece_way(kReplace, {}));  // unknown characters vanish
  CHECK_FALSE(has_one_piece_way(kReplace, with_bytes));
  CHECK(has_one_piece_way(kReplace, with_bytes, true));
}

}  // namespace finetune::text
