#include "text/wordpiece_decoder.h"

#include <catch2/catch.hpp>
#include <vector>

namespace finetune::text {
namespace {

std::string decode(const WordPieceDecoder& decoder, const std::vector<std::string>& tokens) {
  std::string out;
  for (size_t i = 0; i < tokens.size(); ++i) decoder.append(tokens[i], i == 0, out);
  return out;
}

}  // namespace

// Expected: tokenizers 0.22.2, decoders.WordPiece(cleanup=...).decode(tokens).
TEST_CASE("continuations are glued on and words joined") {
  CHECK(decode({"##", false}, {"##uelo", "Ara", "##\u00FAj", "##o", "No", "##guera"}) ==
        "##uelo Ara\u00FAjo Noguera");
}

TEST_CASE("clean-up takes spaces before punctuation, token by token") {
  CHECK(decode({"##", true}, {"do", "not", ".", "do not", "n't", "'", "s", "'ve", ","}) ==
        "do not. don'tn't ' s've,");
  CHECK(decode({"##", false}, {"a", "."}) == "a .");
}

}  // namespace finetune::text
