#include "text/token_model.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "piece_text.h"
#include "text/json_vocabulary.h"

namespace finetune::text {
namespace {

std::unique_ptr<TokenModel> read(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text);
  const JsonNode node(json);
  const JsonVocabulary tables = read_vocabulary(node, 1000);
  return read_token_model(node, {tables.tokens, tables.scores}, tables.merges);
}

}  // namespace

TEST_CASE("models are read with all their options") {
  const auto bpe =
      read(R"({"type": "BPE", "dropout": 0.1, "unk_token": "u", "continuing_subword_prefix": "",
      "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": false, "ignore_merges": false,
      "vocab": {"u": 0, "a": 1, "aa": 2}, "merges": [["a", "a"]]})");
  CHECK(tokens_of(*bpe, "aaxx") == "2:0-2 0:2-4");
  CHECK(bpe->unknown_id() == 0);
  const auto unigram = read(
      R"({"type": "Unigram", "unk_id": 1, "byte_fallback": false, "vocab": [["a", -1], ["u", 0]]})");
  CHECK(tokens_of(*unigram, "ax") == "0:0-1 1:1-2");
  const auto words = read(R"({"type": "WordLevel", "unk_token": "u", "vocab": {"u": 0, "a": 1}})");
  CHECK(tokens_of(*words, "aa") == "0:0-2");
  const auto word_piece =
      read(R"({"type": "WordPiece", "unk_token": "u", "continuing_subword_prefix": "##",
      "max_input_chars_per_word": 5, "vocab": {"u": 0, "a": 1, "##a": 2}})");
  CHECK(tokens_of(*word_piece, "aa") == "1:0-1 2:1-2");
}

TEST_CASE("a file of old that does not name its model is recognised by its keys") {
  CHECK(read(R"({"vocab": {"a": 0}, "merges": []})")->description() == "BPE, 0 merges");
  CHECK(read(R"({"vocab": [["a", 0]], "unk_id": 0})")->description() == "Unigram");
  CHECK(read(R"({"vocab": {"a": 0}, "unk_token": "a"})")->description() == "WordLevel");
}

TEST_CASE("what is wrong with a model is named with its path") {
  using Catch::Contains;
  CHECK_THROWS_WITH(read(R"({"type": "Trie", "vocab": {"a": 0}})"),
                    Contains("'/type'") && Contains("'Trie'"));
  CHECK_THROWS_WITH(read(R"({"type": "BPE", "vocab": {"a": 0, "b": 0}, "merges": []})"),
                    Contains("'/vocab'") && Contains("given twice"));
  CHECK_THROWS_WITH(read(R"({"type": "BPE", "vocab": {}, "merges": []})"), Contains("empty"));
  CHECK_THROWS_WITH(read(R"({"type": "BPE", "vocab": {"a": 0}})"), Contains("'merges'"));
  CHECK_THROWS_WITH(read(R"({"type": "BPE", "vocab": {"a": 0}, "merges": [["a", "a"]]})"),
                    Contains("merge 1"));
  CHECK_THROWS_WITH(read(R"({"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 2})"),
                    Contains("'/dropout'"));
  CHECK_THROWS_WITH(read(R"({"type": "BPE", "vocab": {"a": 0}, "merges": [], "fuse_unk": 2})"),
                    Contains("'/fuse_unk'"));
  CHECK_THROWS_WITH(read(R"({"type": "Unigram", "vocab": [["a", 0]], "unk_id": 1})"),
                    Contains("'/unk_id'"));
  CHECK_THROWS_WITH(read(R"({"type": "WordLevel", "vocab": {"a": 0}})"), Contains("'unk_token'"));
}

TEST_CASE("models without a random segmentation sample what they tokenize") {
  const auto words = read(R"({"type": "WordLevel", "unk_token": "u", "vocab": {"u": 0, "a": 1}})");
  SubwordSampler sampler({1.0, -1}, base::RandomStream(1, base::StreamPurpose::kDropout));
  std::vector<Piece> pieces;
  words->sample("a", sampler, pieces);
  CHECK(spell(pieces) == "1:0-1");
  CHECK_FALSE(words->has_sampling());
}

}  // namespace finetune::text
