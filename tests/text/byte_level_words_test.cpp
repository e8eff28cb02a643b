#include "text/byte_level_words.h"

#include <catch2/catch.hpp>
#include <string>

namespace finetune::text {
namespace {

/// The words with "|" between them.
template <WordRule kRule>
std::string cut(std::string_view text) {
  const PaddedText padded(text);
  const ByteLevelWords<kRule> words(padded);
  std::string out;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = words.end_of_word(begin);
    out += (begin > 0 ? "|" : "") + std::string(text.substr(begin, end - begin));
    begin = end;
  }
  return out;
}

}  // namespace

// Expected: pre_tokenizers.Split(Regex(...), "isolated") of tokenizers 0.22.2; the comparison with
// the plain pipeline on random texts is in byte_bpe_encoder_test.cpp.
TEST_CASE("GPT-2's words") {
  constexpr auto kCut = cut<WordRule::kGpt2>;
  CHECK(kCut("I'm here, you'Re  not") == "I|'m| here|,| you|'|Re| | not");
  CHECK(kCut("a  b   ") == "a| | b|   ");
  CHECK(kCut("\n\n x\t\ty") == "\n\n| x|\t|\t|y");
  CHECK(kCut("12 345abc") == "12| 345|abc");
  CHECK(kCut("caf\u00E9 \u4E2D\u6587! '\u00E9") == "caf\u00E9| \u4E2D\u6587|!| '|\u00E9");
  CHECK(kCut("abcdefghijklmnopqrstuvwxyzabcdefghijklmnop q") ==
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop| q");
}

TEST_CASE("Llama 3's words") {
  constexpr auto kCut = cut<WordRule::kLlama3>;
  CHECK(kCut("I'M 12345 (yes)\n\n x") == "I|'M| |123|45| (|yes|)\n\n| x");
  CHECK(kCut("a \n  b\t\tc") == "a| \n| | b|\t|\tc");
  CHECK(kCut("x'\u017Fy") == "x|'\u017F|y");
  CHECK(cut<WordRule::kQwen2>("123 4") == "1|2|3| |4");
}

}  // namespace finetune::text
