#include "text/wordwise_encoder.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "encoder_comparison.h"
#include "text/fast_encoder.h"
#include "text/unigram.h"

namespace finetune::text {
namespace {

Unigram make_model() {
  ModelVocabulary vocabulary;
  for (const char* token : {"<unk>", "\u2581", "\u2581the", "\u2581The", "t",
                            "h",     "e",      "\u2581a",   "a",         "aa",
                            "in",    "d",      "on",        "'",         "'s",
                            ".",     "...",    "1",         "2",         "3",
                            "123",   "!",      "\u00E9",    "\u4E2D",    "\u2581\u4E2D",
                            "fi",    "\"",     "b",         "c",         "n",
                            "\u0416"}) {
    vocabulary.scores.push_back(-1.0 - 0.5 * static_cast<double>(vocabulary.tokens.size() % 7));
    vocabulary.tokens.emplace_back(token, static_cast<int32_t>(vocabulary.tokens.size()));
  }
  return Unigram(vocabulary, 0, false);
}

constexpr const char* kSpaces =
    R"({"type": "Sequence", "normalizers": [{"type": "NFKC"},
    {"type": "Strip", "strip_left": false, "strip_right": true},
    {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "\u2581"}]})";
constexpr const char* kCleaned =
    R"({"type": "Sequence", "normalizers": [{"type": "Nmt"},
    {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]})";
constexpr const char* kStripped = R"({"type": "Strip", "strip_left": true, "strip_right": false})";
constexpr const char* kLowered =
    R"({"type": "Sequence", "normalizers": [{"type": "Replace", "pattern": {"String": "``"}, "content": "\""},
    {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"},
    {"type": "Strip", "strip_left": true, "strip_right": true}]})";
constexpr const char* kMetaspace =
    R"({"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "SCHEME", "split": true})";
constexpr const char* kWords =
    R"({"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"},
    {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": true}]})";

void compare(const char* normalizer, const std::string& pre_tokenizer) {
  INFO(normalizer << " " << pre_tokenizer);
  const nlohmann::json root = {{"normalizer", nlohmann::json::parse(normalizer)},
                               {"pre_tokenizer", nlohmann::json::parse(pre_tokenizer)}};
  const JsonNode node(root);
  const Unigram model = make_model();
  const auto normalize = node.find("normalizer") ? read_normalizer(node.at("normalizer")) : nullptr;
  const auto cut = read_pre_tokenizer(node.at("pre_tokenizer"));
  const AddedTokens none;
  const auto plain = make_plain_encoder({normalize.get(), cut.get(), model, none});
  const auto fast = make_fast_encoder(node, model);
  REQUIRE(fast != nullptr);
  compare_encoders(*plain, *fast, random_texts(2, 2500));
  compare_encoders(*plain, *fast, random_texts(2, 300));  // now from the table of known words
}

}  // namespace

TEST_CASE("words cut one by one equal the plain pipeline under every normalizer and prefix") {
  for (const char* scheme : {"always", "first", "never"}) {
    std::string metaspace = kMetaspace;
    metaspace.replace(metaspace.find("SCHEME"), 6, scheme);
    for (const char* normalizer : {"null", kSpaces, kCleaned, kStripped, kLowered})
      compare(normalizer, metaspace);
  }
}

TEST_CASE("words cut at white space before Metaspace equal the plain pipeline") {
  for (const char* normalizer : {"null", kLowered}) compare(normalizer, kWords);
  const nlohmann::json joined = {{"normalizer", nlohmann::json::parse(kSpaces)},
                                 {"pre_tokenizer", nlohmann::json::parse(kWords)}};
  CHECK(make_fast_encoder(JsonNode(joined), make_model()) == nullptr);
}

}  // namespace finetune::text
