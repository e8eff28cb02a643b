#include "text/sentencepiece_library.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "sentencepiece_cases.h"

namespace finetune::text {

TEST_CASE("the library cuts text and puts it together") {
  const SentencePieceLibrary library(small_model());
  std::vector<SentencePieceToken> tokens;
  library.encode("a bcb", tokens);
  std::vector<std::string> pieces;
  std::vector<int32_t> ids;
  for (const SentencePieceToken& token : tokens) {
    pieces.push_back(token.text);
    ids.push_back(token.id);
  }
  CHECK(pieces == std::vector<std::string>{"\u2581"
                                           "a",
                                           "\u2581", "b", "c", "b"});
  CHECK(ids == std::vector<int32_t>{5, 3, 6, 0, 6});
  CHECK(tokens[3].begin == 3);
  CHECK(tokens[3].end == 4);
  CHECK(library.decode(std::vector<int32_t>{1, 5, 3, 6, 2}) == "a b");
  CHECK(library.decode(pieces) == "a bcb");
}

TEST_CASE("a file that is no model is refused before the library sees it") {
  CHECK_THROWS_AS(SentencePieceLibrary("no model"), CheckpointError);
  CHECK_THROWS_AS(SentencePieceLibrary(""), CheckpointError);
}

}  // namespace finetune::text
