#include "text/byte_bpe_encoder.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "base/random.h"
#include "encoder_comparison.h"
#include "text/byte_alphabet.h"
#include "text/pre_tokenizer.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

/// The byte alphabet and merges of random neighbours in words that the random texts hold.
Bpe make_model(bool ignore_merges) {
  std::vector<std::pair<std::string, int32_t>> tokens;
  std::set<std::string> known;
  const auto add = [&](const std::string& token) {
    if (known.insert(token).second) tokens.emplace_back(token, static_cast<int32_t>(tokens.size()));
  };
  for (const char32_t letter : byte_alphabet()) {
    std::string token;
    append_char(token, letter);
    add(token);
  }
  Bpe::Merges merges = {
      {"\u0120", "t"}, {"h", "e"},           {"\u0120t", "he"},    {"t", "he"},
      {"i", "n"},      {"\u0120", "\u0120"}, {"1", "2"},           {"12", "3"},
      {".", "."},      {"..", "."},          {"\u00C3", "\u00A9"}, {"\u00E4", "\u00B8"},
      {"'", "s"},      {"a", "a"},           {"aa", "aa"},         {"aaaa", "aaaa"},
      {"d", "on"},     {"o", "n"},           {"\u010A", "\u010A"}};
  for (const auto& [left, right] : merges) {
    add(left);
    add(right);
    add(left + right);
  }
  if (ignore_merges) add("\u0120don");
  BpeOptions options;
  options.ignore_merges = ignore_merges;
  return Bpe(tokens, merges, options);
}

void compare(const Bpe& model, const char* pre_tokenizer, ByteBpeOptions options) {
  const nlohmann::json json = nlohmann::json::parse(pre_tokenizer);
  const auto cut = read_pre_tokenizer(JsonNode(json));
  const AddedTokens none;
  const auto plain = make_plain_encoder({nullptr, cut.get(), model, none});
  const auto fast = make_byte_bpe_encoder(model, options);
  REQUIRE(fast != nullptr);
  compare_encoders(*plain, *fast, random_texts(1, 4000));
  compare_encoders(*plain, *fast, random_texts(1, 500));  // now from the table of known words
}

}  // namespace

TEST_CASE("the fast byte-level BPE of GPT-2 equals the plain pipeline") {
  const Bpe model = make_model(false);
  compare(model, R"({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true})",
          {WordRule::kGpt2, false});
  compare(model, R"({"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true})",
          {WordRule::kGpt2, true});
}

TEST_CASE("the fast byte-level BPE of Llama 3 and Qwen2 equals the plain pipeline") {
  const std::string split =
      R"x({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex":
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"},
      "behavior": "Isolated", "invert": false}, {"type": "ByteLevel", "add_prefix_space": false,
      "trim_offsets": true, "use_regex": false}]})x";
  compare(make_model(true), split.c_str(), {WordRule::kLlama3, false});
  std::string single = split;
  single.erase(single.find("{1,3}"), 5);
  compare(make_model(false), single.c_str(), {WordRule::kQwen2, false});
}

TEST_CASE("a model that lacks a byte or changes characters is left to the plain pipeline") {
  CHECK(make_byte_bpe_encoder(Bpe({{"a", 0}}, {}, {}), {}) == nullptr);
  BpeOptions options;
  options.word_suffix = "</w>";
  std::vector<std::pair<std::string, int32_t>> tokens;
  for (const char32_t letter : byte_alphabet()) {
    std::string token;
    append_char(token, letter);
    tokens.emplace_back(token, static_cast<int32_t>(tokens.size()));
  }
  CHECK(make_byte_bpe_encoder(Bpe(tokens, {}, options), {}) == nullptr);
  CHECK(make_byte_bpe_encoder(Bpe(tokens, {}, {}), {}) != nullptr);
}

}  // namespace finetune::text
