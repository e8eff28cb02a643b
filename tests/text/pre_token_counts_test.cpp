#include "text/pre_token_counts.h"

#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "support/test_support.h"

namespace finetune::text {
namespace {

using Counts = std::map<std::string, int64_t>;

Counts count(const std::string& text, const char* normalizer, const char* pre_tokenizer,
             int num_threads = 1) {
  const test::TemporaryFolder folder;
  const std::string file = folder.path() / "text";
  test::write_file(file, text);
  const auto normalizer_section = nlohmann::json::parse(normalizer);
  const auto pre_tokenizer_section = nlohmann::json::parse(pre_tokenizer);
  const auto first =
      normalizer_section.is_null() ? nullptr : read_normalizer(JsonNode(normalizer_section));
  const auto second = read_pre_tokenizer(JsonNode(pre_tokenizer_section));
  const WordCounts words = count_pre_tokens({file}, {first.get(), second.get()}, num_threads);
  Counts counts;
  for (size_t i = 0; i < words.size(); ++i)
    counts[std::string(words.at(i).word)] = words.at(i).count;
  return counts;
}

constexpr const char* kBertNormalizer =
    R"({"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true})";
constexpr const char* kBertPreTokenizer = R"({"type":"BertPreTokenizer"})";
constexpr const char* kByteLevel =
    R"({"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true})";

TEST_CASE("Words of BERT are counted as normalised") {
  CHECK(count("Caf\u00e9, cafe\u0301 cafe\n\u4e2d\u6587 CAFE", kBertNormalizer,
              kBertPreTokenizer) == Counts{{"cafe", 4}, {",", 1}, {"\u4e2d", 1}, {"\u6587", 1}});
}

TEST_CASE("Byte-level words keep their space, and line ends count") {
  CHECK(count("a b  b\nb it's", "null", kByteLevel) == Counts{{"a", 1},
                                                              {"\u0120b", 2},
                                                              {"\u0120", 1},
                                                              {"\u010a", 1},
                                                              {"b", 1},
                                                              {"\u0120it", 1},
                                                              {"'s", 1}});
}

/// White space in every mixture and words on either side of it: cutting at single spaces must
/// change nothing.
TEST_CASE("Counting part by part equals counting whole lines") {
  std::string text;
  const std::vector<std::string> pieces = {
      " ",      "  ",    "\t", "\u00a0", "\u3000",       "\u2028", "\r",    "x",
      "\u00e9", "don't", "12", "...",    "\u4e2d\u6587", "\u0301", "\u200b"};
  uint32_t state = 7;
  for (int i = 0; i < 20000; ++i) {
    state = state * 1664525 + 1013904223;
    text += pieces[(state >> 16) % pieces.size()];
    if ((state >> 8) % 50 == 0) text += '\n';
  }
  const auto section = nlohmann::json::parse(kByteLevel);
  const auto byte_level = read_pre_tokenizer(JsonNode(section));
  Counts expected;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    std::vector<AlignedText> words = {AlignedText(text.substr(begin, end - begin), 0)};
    byte_level->split(words);
    for (const AlignedText& word : words) ++expected[word.utf8()];
    begin = end;
  }
  CHECK((count(text, "null", kByteLevel) == expected));
  CHECK((count(text, "null", kByteLevel, 4) == expected));
}

}  // namespace
}  // namespace finetune::text
