#include "text/sentencepiece_tokenizer.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "sentencepiece_cases.h"
#include "support/test_support.h"

namespace finetune::text {

TEST_CASE("a bare model file encodes and decodes as the sentencepiece library does") {
  if (sentencepiece_reference().empty()) return;
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(sentencepiece_reference())) {
    if (entry.path().extension() != ".model") continue;
    INFO(entry.path().filename().string());
    const auto expected = base::read_json_file(entry.path().string() + ".expected.json");
    check_against(*load_tokenizer(entry.path()), expected.at("cases"));
    ++count;
  }
  CHECK(count >= 5);
}

TEST_CASE("a model file names its pieces") {
  const auto tokenizer = make_sentencepiece_tokenizer(small_model());
  CHECK(tokenizer->vocab_size() == 7);
  CHECK(tokenizer->token(4) == "a");
  CHECK(tokenizer->token(7).empty());
  CHECK(tokenizer->id_of("b") == 6);
  CHECK_FALSE(tokenizer->id_of("c").has_value());
  CHECK(tokenizer->unknown_id() == 0);
  CHECK_FALSE(tokenizer->pad_id().has_value());
  CHECK(tokenizer->description() == "SentencePiece, Unigram, 7 tokens");
}

TEST_CASE("offsets of a model file are in code points or bytes, of broken text too") {
  const auto tokenizer = make_sentencepiece_tokenizer(small_model());
  Encoding found;
  EncodeOptions options;
  options.want_offsets = true;
  tokenizer->encode(
      "\u00e9\xFF"
      "a",
      options, found);
  REQUIRE_FALSE(found.offsets.empty());
  CHECK(found.offsets.back() == std::pair(2, 3));
  options.offset_unit = OffsetUnit::kBytes;
  tokenizer->encode(
      "\u00e9\xFF"
      "a",
      options, found);
  CHECK(found.offsets.back() == std::pair(3, 4));
}

TEST_CASE("segmentations are sampled alike from equal streams, and differ from stream to stream") {
  const auto tokenizer = make_sentencepiece_tokenizer(small_model());
  const auto sampled = [&](uint64_t number) {
    SubwordSampler sampler({0.5, -1}, base::RandomStream(7, base::StreamPurpose::kDropout, number));
    Encoding out;
    tokenizer->sample("a a a a b a", {}, sampler, out);
    return out.ids;
  };
  CHECK(tokenizer->has_sampling());
  CHECK(sampled(1) == sampled(1));
  int num_different = 0;
  for (uint64_t i = 2; i < 12; ++i) num_different += sampled(i) != sampled(1) ? 1 : 0;
  CHECK(num_different > 5);
}

}  // namespace finetune::text
