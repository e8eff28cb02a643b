#include "text/bpe.h"

#include <catch2/catch.hpp>
#include <chrono>

#include "base/error.h"
#include "piece_text.h"

namespace finetune::text {
namespace {

using Tokens = std::vector<std::pair<std::string, int32_t>>;

const Tokens kTokens = {{"<unk>", 0}, {"a", 1},  {"b", 2},      {"c", 3},      {"ab", 4},
                        {"abc", 5},   {"bc", 6}, {"<0xC3>", 7}, {"<0xA9>", 8}, {"aa", 9}};
const Bpe::Merges kMerges = {{"b", "c"}, {"a", "b"}, {"a", "a"}, {"ab", "c"}, {"a", "bc"}};

Bpe make(BpeOptions options = {}) { return Bpe(kTokens, kMerges, std::move(options)); }

}  // namespace

// Expected here and below: models.BPE(...).tokenize(...) of tokenizers 0.22.2.
TEST_CASE(
    "the lowest rank is merged first, the leftmost of equals, and unknown characters vanish") {
  const Bpe model = make();
  CHECK(tokens_of(model, "abc") == "5:0-3");
  CHECK(tokens_of(model, "aaab") == "9:0-2 4:2-4");
  CHECK(tokens_of(model, "aaaaa") == "9:0-2 9:2-4 1:4-5");
  CHECK(tokens_of(model, "axb\u00E9") == "4:0-2");
  CHECK(tokens_of(model, "\u00E9") == "");
  CHECK_FALSE(model.unknown_id().has_value());
  CHECK(model.description() == "BPE, 5 merges");
}

TEST_CASE("of a merge given twice the later rank counts") {
  const Bpe model({{"a", 0}, {"b", 1}, {"c", 2}, {"ab", 3}, {"bc", 4}},
                  {{"a", "b"}, {"b", "c"}, {"a", "b"}}, {});
  CHECK(tokens_of(model, "abc") == "0:0-1 4:1-3");
}

TEST_CASE("unknown characters become the unknown token, one by one or fused") {
  BpeOptions options;
  options.unknown_token = "<unk>";
  CHECK(tokens_of(make(options), "xxa") == "0:0-1 0:1-2 1:2-3");
  options.fuse_unknown = true;
  CHECK(tokens_of(make(options), "xxa") == "0:0-2 1:2-3");
  CHECK(tokens_of(make(options), "axyb") == "1:0-1 0:1-3 2:3-4");
}

TEST_CASE("byte fallback comes before the unknown token, which is held back behind it") {
  BpeOptions options;
  options.unknown_token = "<unk>";
  options.fuse_unknown = options.byte_fallback = true;
  CHECK(tokens_of(make(options), "a\u00E9b") == "1:0-1 7:1-2 8:2-3 2:3-4");
  CHECK(tokens_of(make(options),
                  "x\u00E9"
                  "a") == "7:0-1 8:1-2 0:2-3 1:3-4");
}

TEST_CASE("an unknown token that is not in the vocabulary is missed only when it is needed") {
  BpeOptions options;
  options.unknown_token = "zzz";
  const Bpe model = make(options);
  CHECK(tokens_of(model, "abc") == "5:0-3");
  CHECK_THROWS_WITH(tokens_of(model, "x"), Catch::Contains("'zzz'"));
}

TEST_CASE("prefixes and suffixes are part of the characters' names") {
  BpeOptions options;
  options.continuing_prefix = "##";
  options.word_suffix = "</w>";
  const Bpe model(
      {{"a", 0}, {"##b", 1}, {"##c", 2}, {"ab", 3}, {"abc</w>", 4}, {"##c</w>", 5}, {"a</w>", 6}},
      {{"a", "##b"}, {"ab", "##c</w>"}}, options);
  CHECK(tokens_of(model, "abc") == "4:0-3");
  CHECK(tokens_of(model, "a") == "6:0-1");
  CHECK(tokens_of(model, "abb") == "3:0-2");
}

TEST_CASE("with ignore_merges a piece that is a token is not cut") {
  Tokens tokens = kTokens;
  tokens.emplace_back("zab", 10);
  tokens.emplace_back("z", 11);
  BpeOptions options;
  options.ignore_merges = true;
  const Bpe model(tokens, kMerges, options);
  CHECK(tokens_of(model, "zab") == "10:0-3");
  CHECK(tokens_of(model, "zabc") == "11:0-1 5:1-4");
  SubwordSampler sampler({0.0, -1}, base::RandomStream(1, base::StreamPurpose::kDropout));
  std::vector<Piece> pieces;
  model.sample("zab", sampler, pieces);
  CHECK(spell(pieces) == "10:0-3");
}

TEST_CASE("merges of absent tokens are named") {
  CHECK_THROWS_WITH(Bpe(kTokens, {{"a", "b"}, {"b", "z"}}, {}),
                    Catch::Contains("merge 2") && Catch::Contains("'z'"));
  CHECK_THROWS_WITH(Bpe(kTokens, {{"z", "b"}}, {}), Catch::Contains("'z'"));
  CHECK_THROWS_WITH(Bpe(kTokens, {{"c", "c"}}, {}), Catch::Contains("'cc'"));
  BpeOptions options;
  options.continuing_prefix = "##";
  CHECK_THROWS_AS(Bpe(kTokens, {{"a", "b"}}, options), CheckpointError);
}

TEST_CASE("dropout needs a sampler, is the same for the same stream, and 0 drops nothing") {
  const Bpe model = make();
  const auto sampled = [&](double alpha, uint64_t seed) {
    SubwordSampler sampler({alpha, -1}, base::RandomStream(seed, base::StreamPurpose::kDropout));
    std::vector<Piece> pieces;
    model.sample("abcabcabc", sampler, pieces);
    return spell(pieces);
  };
  CHECK(sampled(0.0, 1) == tokens_of(model, "abcabcabc"));
  CHECK(sampled(1.0, 1) == "1:0-1 2:1-2 3:2-3 1:3-4 2:4-5 3:5-6 1:6-7 2:7-8 3:8-9");
  CHECK(sampled(0.5, 1) == sampled(0.5, 1));
  bool differs = false;
  for (uint64_t seed = 2; seed < 10; ++seed) differs |= sampled(0.5, 1) != sampled(0.5, seed);
  CHECK(differs);
}

TEST_CASE("a word of megabytes takes no more than its share of time") {
  const Bpe model = make();
  const std::string word(4'000'000, 'a');
  std::vector<Piece> pieces;
  const auto start = std::chrono::steady_clock::now();
  model.tokenize(word, pieces);
  CHECK(pieces.size() == word.size() / 2);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));  // quadratic: hours
}

}  // namespace finetune::text
