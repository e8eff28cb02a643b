#include "text/pipeline_tokenizer.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "text/byte_alphabet.h"
#include "text/tokenizer_json.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

using nlohmann::json;

json added(const char* content, bool normalized, bool lstrip) {
  return {
      {"id", 9},         {"content", content},       {"single_word", false},  {"lstrip", lstrip},
      {"rstrip", false}, {"normalized", normalized}, {"special", !normalized}};
}

std::unique_ptr<Tokenizer> word_tokenizer() {
  const json root = {{"version", "1.0"},
                     {"added_tokens", {added("<s>", false, true), added("New York", true, false)}},
                     {"normalizer", {{"type", "Lowercase"}}},
                     {"pre_tokenizer", {{"type", "Whitespace"}}},
                     {"model",
                      {{"type", "WordLevel"},
                       {"unk_token", "?"},
                       {"vocab", {{"?", 0}, {"in", 1}, {"caf\u00E9", 2}, {".", 3}}}}}};
  return make_tokenizer(JsonNode(root));
}

Encoding encode(const Tokenizer& tokenizer, std::string_view text,
                OffsetUnit unit = OffsetUnit::kCodePoints) {
  EncodeOptions options;
  options.want_offsets = true;
  options.want_word_ids = true;
  options.offset_unit = unit;
  Encoding out;
  tokenizer.encode(text, options, out);
  return out;
}

}  // namespace

// Expected values: the same tokenizer in tokenizers 0.22.2.
TEST_CASE("added tokens are cut out before and after normalising") {
  const Encoding out = encode(*word_tokenizer(), "Caf\u00C9 <s>in NEW york.");
  CHECK(out.ids == std::vector<int32_t>{2, 4, 1, 5, 3});
  CHECK(out.offsets == std::vector<CharRange>{{0, 4}, {4, 8}, {8, 10}, {11, 19}, {19, 20}});
  CHECK(out.word_ids == std::vector<int32_t>{0, 1, 2, 3, 4});
}

TEST_CASE("an added token may stand in the white space that the one before it took") {
  for (const char* normalizer : {"null", R"({"type": "NFC"})"}) {
    for (const bool is_normalized : {false, true}) {
      json root = json::parse(R"({
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
        "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "\u0120": 2, "\u010a": 3}, "merges": []}})");
      root["normalizer"] = json::parse(normalizer);
      root["added_tokens"] = {added("<e>", is_normalized, false),
                              added("\n", is_normalized, false)};
      root["added_tokens"][0]["rstrip"] = true;
      const auto tokenizer = make_tokenizer(JsonNode(root));
      const Encoding one = encode(*tokenizer, "<e>\na");
      CHECK(one.ids == std::vector<int32_t>{4, 5, 0});
      CHECK(one.offsets == std::vector<CharRange>{{0, 4}, {3, 4}, {4, 5}});
      const Encoding two = encode(*tokenizer, "b<e>\n\nab");
      CHECK(two.ids == std::vector<int32_t>{1, 4, 5, 5, 0, 1});
      CHECK(two.offsets == std::vector<CharRange>{{0, 1}, {1, 6}, {4, 5}, {5, 6}, {6, 7}, {7, 8}});
    }
  }
}

TEST_CASE("what is left between added tokens is not searched for them again") {
  for (const char* first : {"\u201C", " z"}) {
    json root = json::parse(R"({
      "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always"},
      "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["a", -1.0], ["b", -1.0],
                ["\u2581", -2.0], ["ab", -1.5], ["x", -3.0]]}})");
    root["added_tokens"] = {added("low", true, false), added("ab", true, false),
                            added(first, true, false)};
    root["added_tokens"][1]["single_word"] = true;
    const Encoding out = encode(*make_tokenizer(JsonNode(root)), "lowab");
    CHECK(out.ids == std::vector<int32_t>{6, 3, 4});
    CHECK(out.offsets == std::vector<CharRange>{{0, 3}, {3, 4}, {3, 5}});
  }
}

TEST_CASE("prefixes and visible spaces are as the normalizer makes them") {
  const auto ids = [](const std::string& normalizers, const char* text) {
    json root = json::parse(R"({"model": {
      "type": "BPE", "unk_token": "<unk>", "merges": [["\u2581", "a"]],
      "vocab": {"<unk>": 0, "a": 1, "b": 2, "\u2581": 3, " ": 4, "\u2581a": 5}}})");
    root["normalizer"] = {{"type", "Sequence"}, {"normalizers", json::parse(normalizers)}};
    return encode(*make_tokenizer(JsonNode(root)), text).ids;
  };
  const std::string prefix = R"({"type": "Prepend", "prepend": "\u2581"})";
  const std::string spaces =
      R"({"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"})";
  using Ids = std::vector<int32_t>;
  CHECK(ids("[" + prefix + "]", "a b") == Ids{5, 4, 2});
  CHECK(ids("[" + prefix + "," + prefix + "," + spaces + "]", "a b") == Ids{3, 5, 3, 2});
  CHECK(ids("[" + prefix + "," + spaces + "]", " a") == Ids{3, 5});
  CHECK(ids("[" + spaces + "," + prefix + "]", " a") == Ids{3, 5});
  CHECK(ids("[" + spaces + "]", " a") == Ids{5});
}

TEST_CASE("characters that vanish for want of an unknown token shift the offsets behind them") {
  const auto offsets = [](const char* vocabulary, const char* text) {
    json root = json::parse(R"({
      "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"},
      "model": {"type": "BPE", "unk_token": null, "merges": []}})");
    root["model"]["vocab"] = json::parse(vocabulary);
    return encode(*make_tokenizer(JsonNode(root)), text).offsets;
  };
  using Offsets = std::vector<CharRange>;
  constexpr const char* kThree = R"({"a": 0, "\u0301": 1, "\u2581": 2})";
  CHECK(offsets(kThree, " \u0301") == Offsets{{0, 1}, {1, 2}});
  CHECK(offsets(kThree, "ax x") == Offsets{{0, 1}, {1, 3}});
  constexpr const char* kFive = R"({"a": 0, "\u0301": 1, "\u2581": 2, "b": 3, "x": 4})";
  CHECK(offsets(kFive, "x\u00E9 bx") == Offsets{{0, 1}, {1, 3}, {2, 3}, {2, 3}});
}

TEST_CASE("a prefix as long as an added token does not shift what is trimmed") {
  json root = json::parse(R"({
    "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true},
    "post_processor": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true},
    "model": {"type": "BPE", "merges": []}})");
  for (const char32_t letter : byte_alphabet()) {
    std::string token;
    append_char(token, letter);
    const size_t id = root["model"]["vocab"].size();
    root["model"]["vocab"][token] = id;
  }
  root["added_tokens"] = {added("a", false, false)};
  const Encoding out = encode(*make_tokenizer(JsonNode(root)), "ae e");
  CHECK(out.ids == std::vector<int32_t>{97, 32, 101, 32, 101});
  CHECK(out.offsets == std::vector<CharRange>{{0, 1}, {2, 2}, {1, 2}, {3, 3}, {3, 4}});
}

TEST_CASE("offsets in bytes mark the same places") {
  const Encoding out = encode(*word_tokenizer(), "Caf\u00C9 <s>in", OffsetUnit::kBytes);
  CHECK(out.offsets == std::vector<CharRange>{{0, 5}, {5, 9}, {9, 11}});
}

TEST_CASE("special tokens of a template count in the size of the vocabulary") {
  json root = {{"pre_tokenizer", {{"type", "Whitespace"}}},
               {"model", {{"type", "WordLevel"}, {"unk_token", "?"}, {"vocab", {{"?", 0}}}}},
               {"post_processor",
                {{"type", "BertProcessing"}, {"sep", {"[SEP]", 41}}, {"cls", {"[CLS]", 7}}}}};
  const auto tokenizer = make_tokenizer(JsonNode(root));
  Encoding out;
  tokenizer->encode("x", {}, out);
  CHECK(out.ids == std::vector<int32_t>{7, 0, 41});
  CHECK(tokenizer->vocab_size() == 42);
}

TEST_CASE("a tokenizer has the sampling of its model") {
  CHECK_FALSE(word_tokenizer()->has_sampling());
  const json bpe = {{"model", {{"type", "BPE"}, {"vocab", {{"a", 0}}}, {"merges", json::array()}}}};
  CHECK(make_tokenizer(JsonNode(bpe))->has_sampling());
}

TEST_CASE("tokens are joined by spaces where there is no decoder, unknown ids are left out") {
  const auto tokenizer = word_tokenizer();
  const std::vector<int32_t> ids{1, 4, 5, 99};
  CHECK(tokenizer->decode(ids, false) == "in <s> New York");
  CHECK(tokenizer->decode(ids, true) == "in New York");
  CHECK(tokenizer->vocab_size() == 6);
  CHECK(tokenizer->token(5) == "New York");
  CHECK(tokenizer->id_of("<s>") == 4);
}

}  // namespace finetune::text
