#include "text/bpe_trainer.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/files.h"
#include "base/json.h"
#include "base/strings.h"
#include "support/test_support.h"
#include "text/byte_alphabet.h"
#include "text/known_patterns.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Merges = std::vector<std::pair<std::string, std::string>>;

WordCounts count(const std::vector<std::pair<std::string, int64_t>>& words) {
  WordCounts counts;
  for (const auto& [word, number] : words) counts.add(word, number);
  return counts;
}

BpeTrainerOptions read_options(const json& record) {
  BpeTrainerOptions options;
  options.vocab_size = record.at("vocab_size").get<int64_t>();
  options.min_frequency = record.value("min_frequency", int64_t{0});
  options.special_tokens = record.value("special_tokens", std::vector<std::string>{});
  options.continuing_prefix = record.at("continuing_subword_prefix").get<std::string>();
  options.end_of_word_suffix = record.at("end_of_word_suffix").get<std::string>();
  if (record.contains("limit_alphabet"))
    options.limit_alphabet = record["limit_alphabet"].get<int64_t>();
  if (record.contains("max_token_length"))
    options.max_token_length = record["max_token_length"].get<int64_t>();
  for (const auto& c : record.value("initial_alphabet", std::vector<std::string>{}))
    options.initial_alphabet.push_back(decode_char(c).code_point);
  return options;
}

TEST_CASE("The most frequent pair of neighbours becomes a token, again and again") {
  BpeTrainerOptions options;
  options.vocab_size = 7 + 3;
  // The worked example of the Hugging Face course, chapter 6.5.
  const BpeVocabulary vocabulary =
      train_bpe(count({{"hug", 10}, {"pug", 5}, {"pun", 12}, {"bun", 4}, {"hugs", 5}}), options);
  CHECK(vocabulary.merges == Merges{{"u", "g"}, {"u", "n"}, {"h", "ug"}});
  CHECK(vocabulary.tokens ==
        std::vector<std::string>{"b", "g", "h", "n", "p", "s", "u", "ug", "un", "hug"});
}

TEST_CASE("Training stops at the minimum frequency, or when nothing is left to merge") {
  const WordCounts words = count({{"abab", 4}, {"abc", 1}});
  BpeTrainerOptions options;
  CHECK(train_bpe(words, options).tokens ==
        std::vector<std::string>{"a", "b", "c", "ab", "abab", "abc"});
  options.min_frequency = 2;
  CHECK(train_bpe(words, options).tokens == std::vector<std::string>{"a", "b", "c", "ab", "abab"});
  options.min_frequency = 10;
  CHECK(train_bpe(words, options).merges.empty());
  CHECK(train_bpe(WordCounts(), options).tokens.empty());
}

TEST_CASE("The order of the words does not matter") {
  BpeTrainerOptions options;
  options.continuing_prefix = "##";
  options.vocab_size = 20;
  const auto a = train_bpe(count({{"banana", 2}, {"bandana", 3}, {"nab", 4}}), options);
  const auto b = train_bpe(count({{"nab", 4}, {"bandana", 3}, {"banana", 2}}), options);
  CHECK(a.tokens == b.tokens);
  CHECK(a.merges == b.merges);
}

TEST_CASE(
    "A limited alphabet keeps the most frequent characters, of equals the first by code point") {
  BpeTrainerOptions options;
  options.limit_alphabet = 2;
  CHECK(train_bpe(count({{"cab", 3}, {"c", 1}}), options).tokens ==
        std::vector<std::string>{"a", "c", "ca"});
  options.initial_alphabet = {U'b'};
  CHECK(train_bpe(count({{"cab", 3}, {"c", 1}}), options).tokens ==
        std::vector<std::string>{"b", "c", "cb"});
}

TEST_CASE("Vocabularies and merges equal those of tokenizers, ties and oddities included") {
  const auto python = test::python();
  if (!python) return;
  const auto data = test::shared_data("sentencepiece-training-text");
  const test::TemporaryFolder folder;
  const auto made =
      test::run_shell(test::shell_quote(python->string()) + " " +
                      test::shell_quote(test::fixture("text/trainer_reference.py").string()) + " " +
                      test::shell_quote(folder.path().string()) + " " +
                      (data ? test::shell_quote(data->parent_path().string()) : "-"));
  REQUIRE(made.exit_code == 0);
  int num_cases = 0;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    INFO(entry.path().filename().string());
    const json record = base::read_json_file(entry.path());
    const auto vocabulary =
        train_bpe(count(record.at("words").get<std::vector<std::pair<std::string, int64_t>>>()),
                  read_options(record.at("options")));
    CHECK((vocabulary.tokens == record.at("tokens").get<std::vector<std::string>>()));
    if (!record.at("merges").empty())  // WordPiece keeps none
      CHECK((vocabulary.merges == record.at("merges").get<Merges>()));
    ++num_cases;
  }
  CHECK(num_cases >= 40);
}

TEST_CASE("The codes of subword-nmt are learned, merge by merge") {
  const auto folder = test::shared_data("bpe-training-reference/subword-nmt");
  if (!folder) return;
  WordCounts words;
  std::istringstream text(test::read_file(*folder / "corpus.en"));
  for (std::string word; text >> word;) words.add(word);
  BpeTrainerOptions options;
  options.end_of_word_suffix = "</w>";
  options.tie_rule = TieRule::kGreatestText;
  options.min_frequency = 2;
  std::istringstream codes(test::read_file(*folder / "bpe.ref"));
  std::string line;
  std::getline(codes, line);  // "#version: 0.2"
  Merges expected;
  for (std::string a, b; codes >> a >> b;) expected.emplace_back(a, b);
  Merges merges = train_bpe(words, options).merges;
  REQUIRE(merges.size() > expected.size());
  merges.resize(expected.size());
  CHECK((merges == expected));
}

/// `bytes` with a character for each byte, of the same number: trained on, ties go by bytes.
std::string as_chars(std::string_view bytes) {
  std::string chars;
  for (const char byte : bytes) append_char(chars, static_cast<unsigned char>(byte));
  return chars;
}

/// The same in GPT-2's alphabet.
std::string in_byte_alphabet(std::string_view chars) {
  std::string letters;
  for (const char32_t byte : base::decode_utf8(chars)) append_char(letters, byte_alphabet()[byte]);
  return letters;
}

TEST_CASE("The byte-level merges and vocabulary of Stanford's CS336 are learned") {
  const auto folder = test::shared_data("bpe-training-reference/cs336");
  if (!folder) return;
  const std::u32string corpus = base::decode_utf8(test::read_file(*folder / "corpus.en"));
  std::vector<TextSpan> spans;
  make_known_pattern(KnownPattern::kGpt2)->find(corpus, spans);
  WordCounts words;
  for (const auto& [begin, end] : spans) {
    std::string word;
    for (const char32_t c : corpus.substr(begin, end - begin)) append_char(word, c);
    words.add(as_chars(word));
  }
  BpeTrainerOptions options;
  options.vocab_size = 500;
  options.special_tokens = {"<|endoftext|>"};
  options.tie_rule = TieRule::kGreatestText;
  for (char32_t byte = 0; byte < 256; ++byte) options.initial_alphabet.push_back(byte);
  const BpeVocabulary learned = train_bpe(words, options);
  std::istringstream lines(test::read_file(*folder / "train-bpe-reference-merges.txt"));
  Merges expected, merges;
  for (std::string a, b; lines >> a >> b;) expected.emplace_back(a, b);
  for (const auto& [a, b] : learned.merges) {
    merges.emplace_back(in_byte_alphabet(a), in_byte_alphabet(b));
  }
  CHECK(expected.size() == 243);
  CHECK((merges == expected));
  // The bytes are numbered in another order there.
  const json vocabulary = base::read_json_file(*folder / "train-bpe-reference-vocab.json");
  CHECK(vocabulary.size() == learned.tokens.size());
  for (size_t i = 1; i < learned.tokens.size(); ++i) {
    const std::string token = in_byte_alphabet(learned.tokens[i]);
    INFO(token);
    REQUIRE(vocabulary.contains(token));
    if (i > 256) CHECK(vocabulary.at(token) == i);
  }
}

}  // namespace
}  // namespace finetune::text
