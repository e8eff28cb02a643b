#include "text/collecting_tokenizer.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "base/random.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

/// A token a character: its code point, or 0 where it is drawn.
class Characters final : public CollectingTokenizer {
 public:
  explicit Characters(bool has_sampling = true) : has_sampling_(has_sampling) {}
  std::string decode(std::span<const int32_t>, bool) const override { return ""; }
  int32_t vocab_size() const override { return 0; }
  std::string_view token(int32_t) const override { return ""; }
  std::optional<int32_t> id_of(std::string_view) const override { return std::nullopt; }
  std::optional<int32_t> pad_id() const override { return std::nullopt; }
  std::optional<int32_t> unknown_id() const override { return std::nullopt; }
  std::string description() const override { return "characters"; }
  uint64_t fingerprint() const override { return 0; }

 private:
  void collect(std::string_view text, bool want_offsets, TokenBuffer& out) const override {
    for (const char32_t c : decode_text(text)) {
      const auto index = static_cast<int32_t>(out.ids.size());
      out.ids.push_back(out.sampler == nullptr ? static_cast<int32_t>(c) : 0);
      if (want_offsets) out.offsets.emplace_back(index, index + 1);
      out.finish_piece();
    }
  }
  const PostProcessor& post_processor() const override { return post_processor_; }
  bool has_sampling() const override { return has_sampling_; }

  PostProcessor post_processor_;
  bool has_sampling_;
};

}  // namespace

TEST_CASE("tokens are collected anew for every text, with what is wanted of them") {
  const Characters tokenizer;
  Encoding out;
  EncodeOptions options;
  options.want_offsets = options.want_word_ids = true;
  options.offset_unit = OffsetUnit::kBytes;
  tokenizer.encode("abc", options, out);
  tokenizer.encode("\u00e9b", options, out);
  CHECK(out.ids == std::vector<int32_t>{0xE9, 'b'});
  CHECK(out.offsets == std::vector<std::pair<int32_t, int32_t>>{{0, 2}, {2, 3}});
  CHECK(out.word_ids == std::vector<int32_t>{0, 1});
  tokenizer.encode("ab", {}, out);
  CHECK(out.offsets.empty());
  CHECK(out.word_ids.empty());
}

TEST_CASE("the second text of a pair has the second type") {
  Encoding out;
  Characters().encode_pair("a", "bc", {}, out);
  CHECK(out.ids == std::vector<int32_t>{'a', 'b', 'c'});
  CHECK(out.type_ids == std::vector<int32_t>{0, 1, 1});
}

TEST_CASE("a sampler draws in sample() alone") {
  SubwordSampler sampler({0.5, -1}, base::RandomStream(1, base::StreamPurpose::kDropout));
  const Characters tokenizer;
  Encoding out;
  tokenizer.sample("ab", {}, sampler, out);
  CHECK(out.ids == std::vector<int32_t>{0, 0});
  tokenizer.encode("a", {}, out);
  CHECK(out.ids == std::vector<int32_t>{'a'});
  tokenizer.sample_pair("a", "bc", {}, sampler, out);
  CHECK(out.ids == std::vector<int32_t>{0, 0, 0});
  CHECK(out.type_ids == std::vector<int32_t>{0, 1, 1});
  CHECK_THROWS_AS(Characters(false).sample("ab", {}, sampler, out), ConfigError);
  CHECK_THROWS_AS(Characters(false).sample_pair("a", "b", {}, sampler, out), ConfigError);
}

}  // namespace finetune::text
