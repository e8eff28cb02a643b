#include "text/bert_scanner.h"

#include <catch2/catch.hpp>
#include <random>

#include "text/utf8.h"

namespace finetune::text {
namespace {

/// A model in which every character of interest is a word and a continuation.
WordPiece character_model(const std::u32string& alphabet) {
  std::vector<std::pair<std::string, int32_t>> tokens = {{"[UNK]", 0}};
  for (const char32_t c : alphabet) {
    std::string text;
    append_char(text, c);
    tokens.emplace_back(text, static_cast<int32_t>(tokens.size()));
    tokens.emplace_back("##" + text, static_cast<int32_t>(tokens.size()));
  }
  return {tokens, {}};
}

}  // namespace

TEST_CASE("the fast pass gives what step-by-step normalising gives") {
  const std::u32string alphabet =
      U"abcz09 AZ.-\t\u00E9\u0301\u0316\u302E\u4E2D\u3000\u200B\u2260\uF900\uD55C\u1E9B\x01";
  const WordPiece model =
      character_model(U"abcz09AZ.-\u00E9\u0301\u302E\u4E2D=\u8C48\u1112\u1161\u11AB\u017F\x01");
  std::mt19937 random(3);
  for (const bool on : {false, true}) {
    const BertNormalizerOptions options{on, on, on, on};
    const BertScanner scanner(model, options);
    WordCollector words;
    TokenBuffer fast, exact;
    int num_wrong = 0;
    for (int i = 0; i < 20000; ++i) {
      std::string input;
      for (uint64_t length = random() % 40; length > 0; --length) {
        append_char(input, alphabet[random() % (random() % 2 == 0 ? 6 : alphabet.size())]);
      }
      fast.clear();
      scanner.scan({input, 100}, true, words, fast);
      exact.clear();
      AlignedText text(input, 100);
      normalize(text, options);
      words.start(model, true, exact);
      scanner.scan_normalized(text, {0, static_cast<int32_t>(text.size())}, words);
      num_wrong += fast.ids != exact.ids || fast.offsets != exact.offsets;
    }
    CHECK(num_wrong == 0);
  }
}

TEST_CASE("letters, spaces and punctuation of all lengths are cut right at block borders") {
  const WordPiece model({{"[UNK]", 0}, {"a", 1}, {"##a", 2}, {"!", 3}}, {});
  const BertScanner scanner(model, {});
  WordCollector words;
  TokenBuffer out;
  for (size_t length = 1; length < 70; ++length) {
    const std::string text = std::string(length, 'A') + "! " + std::string(length, 'a');
    out.clear();
    scanner.scan({text, 0}, true, words, out);
    REQUIRE(out.ids.size() == 2 * length + 1);
    CHECK(out.ids[0] == 1);
    CHECK(out.ids[length] == 3);
    CHECK(out.offsets.back().second == static_cast<int32_t>(text.size()));
  }
}

TEST_CASE("a ten-megabyte word is one unknown token") {
  const WordPiece model({{"[UNK]", 0}, {"a", 1}, {"##a", 2}}, {});
  const BertScanner scanner(model, {});
  WordCollector words;
  TokenBuffer out;
  const std::string text(10'000'000, 'a');
  scanner.scan({text, 0}, true, words, out);
  CHECK(out.ids == std::vector<int32_t>{0});
  CHECK(out.offsets == std::vector<CharRange>{{0, 10'000'000}});
}

}  // namespace finetune::text
