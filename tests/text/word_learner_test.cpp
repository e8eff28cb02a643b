#include "text/word_learner.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "text/normalizer.h"
#include "text/pre_tokenizer.h"
#include "text/unigram.h"
#include "text/word_cache.h"

namespace finetune::text {
namespace {

struct Pipeline {
  Unigram model{{{{"<unk>", 0}, {"\u2581", 1}, {"a", 2}, {"b", 3}, {"fi", 4}, {"f", 5}, {"x", 6}},
                 {0.0, -1.0, -1.0, -1.0, -3.0, -1.0, -1.0}},
                0,
                false};
  std::unique_ptr<Normalizer> normalizer;
  std::unique_ptr<PreTokenizer> pre_tokenizer;
  AddedTokens none;
  WordwiseOptions options;

  Pipeline() {
    const auto nfkc = nlohmann::json::parse(R"({"type": "NFKC"})");
    const auto cut = nlohmann::json::parse(R"({"type": "Metaspace", "replacement": "\u2581"})");
    normalizer = read_normalizer(JsonNode(nfkc));
    pre_tokenizer = read_pre_tokenizer(JsonNode(cut));
  }
  std::vector<Piece> learn(std::string_view word) const {
    const auto plain = make_plain_encoder({normalizer.get(), pre_tokenizer.get(), model, none});
    return WordLearner(*plain, normalizer.get(), options).learn(word, true);
  }
  WordLayout lay_out(std::string_view word, WordPrefix prefix) const {
    const auto plain = make_plain_encoder({normalizer.get(), pre_tokenizer.get(), model, none});
    return WordLearner(*plain, normalizer.get(), options).lay_out(word, prefix);
  }
};

}  // namespace

TEST_CASE("a word is learnt with the bytes at which its tokens end") {
  const auto pieces = Pipeline().learn("ab");
  REQUIRE(pieces.size() == 3);  // the space, a and b
  CHECK(pieces[0].end == 0);
  CHECK(pieces[1].end == 1);
  CHECK(pieces[2].end == 2);
}

TEST_CASE("a character that becomes several tokens leaves the ends unknown") {
  const auto pieces = Pipeline().learn("\uFB01x");  // the ligature fi
  REQUIRE(pieces.size() >= 2);
  const auto tokens = Pipeline().learn("\u01C4");  // three letters, of which two are unknown
  REQUIRE(!tokens.empty());
}

TEST_CASE("a word of several pieces is learnt without ends") {
  const auto pieces = Pipeline().learn("a\u3000");  // its space is a piece of its own
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[0].end == kUnknownEnd);
}

TEST_CASE("the layout of a word says where its tokens stand and where pieces begin") {
  using Place = TokenPlace;
  const Pipeline pipeline;
  // The space before it, a, and its own space.
  CHECK(pipeline.lay_out("a\u3000", WordPrefix::kSpace) ==
        WordLayout{Place{-1, 0, true}, Place{0, 1, false}, Place{1, 2, true}});
  CHECK(pipeline.lay_out("a\u3000", WordPrefix::kAdded) ==
        WordLayout{Place{0, 1, true}, Place{0, 1, false}, Place{1, 2, true}});
  CHECK(pipeline.lay_out("\u0301", WordPrefix::kSpace).size() == 2);
}

TEST_CASE("a word without a neighbour that the model can write is left to others") {
  Pipeline pipeline;
  pipeline.model = Unigram({{{"\u2581", 0}, {"a", 1}}, {-1.0, -1.0}}, std::nullopt, false);
  CHECK(pipeline.learn("a").empty());
}

TEST_CASE("a word whose space joins the next one's is not learnt where nothing is split") {
  Pipeline pipeline;
  CHECK_FALSE(pipeline.learn("a\u2581").empty());
  pipeline.options.is_one_piece = true;
  CHECK(pipeline.learn("a\u2581").empty());
}

}  // namespace finetune::text
