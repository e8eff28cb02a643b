#include "text/unigram.h"

#include <catch2/catch.hpp>
#include <map>

#include "base/error.h"
#include "piece_text.h"

namespace finetune::text {
namespace {

ModelVocabulary vocabulary_of(const std::vector<std::pair<std::string, double>>& scored) {
  ModelVocabulary vocabulary;
  for (const auto& [token, score] : scored) {
    vocabulary.tokens.emplace_back(token, static_cast<int32_t>(vocabulary.tokens.size()));
    vocabulary.scores.push_back(score);
  }
  return vocabulary;
}

const ModelVocabulary kVocabulary = vocabulary_of({{"<unk>", 0.0},
                                                   {"a", -1.0},
                                                   {"b", -2.0},
                                                   {"ab", -3.0},
                                                   {"abc", -9.0},
                                                   {"c", -6.0},
                                                   {"xy", -1.0}});

}  // namespace

// Expected: models.Unigram(...).tokenize(...) of tokenizers 0.22.2.
TEST_CASE("the best sum of scores wins, the longest last token of equals") {
  const Unigram model(kVocabulary, 0, false);
  CHECK(tokens_of(model, "ab") == "3:0-2");   // -3 either way
  CHECK(tokens_of(model, "abc") == "4:0-3");  // -9 every way
  CHECK(tokens_of(model, "abx") == "3:0-2 0:2-3");
  CHECK(model.description() == "Unigram");
}

TEST_CASE("unknown characters become one token") {
  const Unigram model(kVocabulary, 0, false);
  CHECK(tokens_of(model, "xyz") == "6:0-2 0:2-3");
  CHECK(tokens_of(model, "qxy") == "0:0-1 6:1-3");
  CHECK(tokens_of(model, "xyxq") == "6:0-2 0:2-4");
  CHECK(tokens_of(model,
                  "\u4E2D\u6587"
                  "a") == "0:0-6 1:6-7");
}

TEST_CASE("unknown characters that joined are a token become that token") {
  const Unigram model(vocabulary_of({{"<unk>", 0.0}, {"xq", -1000.0}, {"a", -1.0}, {"b", -2000.0}}),
                      0, false);
  CHECK(tokens_of(model, "xq") == "1:0-2");
  const Unigram far(vocabulary_of({{"<unk>", 0.0}, {"xq", -30.0}, {"a", -1.0}}), 0, false);
  CHECK(tokens_of(far, "xqa") == "1:0-2 2:2-3");
}

TEST_CASE("byte fallback covers the whole unknown stretch with each byte") {
  std::vector<std::pair<std::string, double>> scored = {{"<unk>", 0.0}, {"a", -1.0}};
  static constexpr char kDigits[] = "0123456789ABCDEF";
  for (size_t i = 0; i < 256; ++i) {
    scored.emplace_back(std::string("<0x") + kDigits[i / 16] + kDigits[i % 16] + ">", -20.0);
  }
  const Unigram model(vocabulary_of(scored), 0, true);
  CHECK(tokens_of(model, "a\u00E9") == "1:0-1 197:1-3 171:1-3");
  CHECK(tokens_of(model,
                  "\u00E9"
                  "a") == "197:0-2 171:0-2 1:2-3");
  CHECK(model.description() == "Unigram, byte fallback");
}

TEST_CASE("a model without an unknown token says so when it needs one") {
  const Unigram model(vocabulary_of({{"a", -1.0}}), std::nullopt, false);
  CHECK(tokens_of(model, "aa") == "0:0-1 0:1-2");
  CHECK_THROWS_WITH(tokens_of(model, "ab"), Catch::Contains("unk_id"));
}

TEST_CASE("no unknown token is needed where an unknown character is part of a better one") {
  const Unigram model(vocabulary_of({{"a", -1.0}, {"ab", -3.0}}), std::nullopt, false);
  CHECK(tokens_of(model, "ab") == "1:0-2");
  CHECK(tokens_of(model, "aab") == "0:0-1 1:1-3");
  CHECK_THROWS_WITH(tokens_of(model, "abb"), Catch::Contains("unk_id"));
}

TEST_CASE("a vocabulary that does not hold together is refused") {
  ModelVocabulary odd = kVocabulary;
  odd.scores.pop_back();
  CHECK_THROWS_AS(Unigram(odd, 0, false), CheckpointError);
  odd = kVocabulary;
  odd.scores[3] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(Unigram(odd, 0, false), Catch::Contains("'ab'"));
  CHECK_THROWS_AS(Unigram(kVocabulary, 7, false), CheckpointError);
}

TEST_CASE("sampling without a choice is the best segmentation") {
  const Unigram model(kVocabulary, 0, false);
  SubwordSampler sampler({0.5, 1}, base::RandomStream(1, base::StreamPurpose::kDropout));
  std::vector<Piece> pieces;
  model.sample("abxab", sampler, pieces);
  CHECK(spell(pieces) == tokens_of(model, "abxab"));
}

}  // namespace finetune::text
