#include "text/wordpiece.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "base/error.h"

namespace finetune::text {
namespace {

const std::vector<std::pair<std::string, int32_t>> kTokens = {
    {"[UNK]", 0}, {"un", 1}, {"##aff", 2},           {"##able", 3},
    {"a", 4},     {"##", 5}, {"sixteen-letters!", 6}};

std::vector<int32_t> ids(const WordPiece& model, const std::string& word) {
  std::vector<Piece> pieces;
  model.tokenize(word, static_cast<int64_t>(word.size()), pieces);
  std::vector<int32_t> found;
  for (const Piece& piece : pieces) found.push_back(piece.id);
  return found;
}

ShortWord pack(const std::string& word) {
  ShortWord packed{0, 0};
  std::memcpy(&packed, word.data(), word.size());
  return packed;
}

}  // namespace

TEST_CASE("words are cut greedily, or unknown as a whole") {
  const WordPiece model(kTokens, {});
  CHECK(ids(model, "unaffable") == std::vector<int32_t>{1, 2, 3});
  CHECK(ids(model, "unaffablex") == std::vector<int32_t>{0});
  CHECK(ids(model, "able") == std::vector<int32_t>{0});
  CHECK(ids(model, "##aff") == std::vector<int32_t>{2});
}

TEST_CASE("pieces know the bytes they cover") {
  const WordPiece model(kTokens, {});
  std::vector<Piece> pieces;
  model.tokenize("unable", 6, pieces);
  REQUIRE(pieces.size() == 2);
  CHECK(pieces[1].begin == 2);
  CHECK(pieces[1].end == 6);
}

TEST_CASE("a word longer than the limit is unknown even if it is a token") {
  WordPieceOptions options;
  options.max_chars_per_word = 1;
  const WordPiece model(kTokens, options);
  CHECK(ids(model, "un") == std::vector<int32_t>{0});
  CHECK(ids(model, "a") == std::vector<int32_t>{4});
}

TEST_CASE("whole words of up to sixteen bytes are found at once") {
  const WordPiece model(kTokens, {});
  CHECK(model.find_whole(pack("a")) == 4);
  CHECK(model.find_whole(pack("sixteen-letters!")) == 6);
  CHECK(model.find_whole(pack("unable")) == -1);
  CHECK(model.find_whole(pack("##aff")) == -1);  // a continuation is no word of its own here
}

TEST_CASE("an empty continuing prefix makes every token a continuation") {
  WordPieceOptions options;
  options.continuing_prefix = "";
  const WordPiece model(kTokens, options);
  CHECK(ids(model, "auna") == std::vector<int32_t>{4, 1, 4});
}

TEST_CASE("a vocabulary without the unknown token is refused") {
  WordPieceOptions options;
  options.unknown_token = "<unk>";
  CHECK_THROWS_WITH(WordPiece(kTokens, options), Catch::Contains("'<unk>'"));
}

}  // namespace finetune::text
