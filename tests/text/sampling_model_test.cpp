#include <catch2/catch.hpp>

#include "sentencepiece_cases.h"
#include "text/sentencepiece_library.h"

namespace finetune::text {

TEST_CASE("a sampling model cuts without sampling as the library does") {
  const SentencePieceModel model = SentencePieceModel::parse(small_model());
  const auto ours = make_sampling_model(model);
  REQUIRE(ours != nullptr);
  const SentencePieceLibrary library(small_model());
  for (const char* text : {"a", "b a", "aab", "ccc a", "a c b"}) {
    INFO(text);
    SubwordSampler sampler({1.0, 1}, base::RandomStream(1, base::StreamPurpose::kDropout));
    std::vector<SentencePieceToken> sampled, expected;
    library.sample(text, sampler, sampled);
    library.encode(text, expected);
    REQUIRE(sampled.size() == expected.size());
    for (size_t i = 0; i < sampled.size(); ++i) {
      CHECK(sampled[i].id == expected[i].id);
      CHECK(sampled[i].text == expected[i].text);
      CHECK(sampled[i].begin == expected[i].begin);
      CHECK(sampled[i].end == expected[i].end);
    }
  }
}

TEST_CASE("control pieces never come out of a sampled text") {
  const SentencePieceLibrary library(small_model());
  for (uint64_t i = 0; i < 20; ++i) {
    SubwordSampler sampler({0.1, -1}, base::RandomStream(i, base::StreamPurpose::kDropout));
    std::vector<SentencePieceToken> tokens;
    library.sample("<s> a </s>", sampler, tokens);
    for (const SentencePieceToken& token : tokens) CHECK((token.id == 0 || token.id > 2));
  }
}

}  // namespace finetune::text
