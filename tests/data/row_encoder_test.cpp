#include "data/row_encoder.h"

#include "base/error.h"
#include "base/random.h"
#include "sampling_tokenizers.h"

namespace {

using namespace finetune;
using Ids = std::vector<int32_t>;

/// Every merge is passed over.
text::SubwordSampler merging_nothing() {
  return {{.alpha = 1.0}, base::RandomStream(1, base::StreamPurpose::kSubwordSampling)};
}

}  // namespace

TEST_CASE("With a sampler texts, pairs and target texts are cut at random, else as always") {
  const auto tokenizer = test::bpe_tokenizer();
  data::EncodingOptions options;
  options.prefix = "c ";
  options.target_prefix = "ab ";
  const data::RowEncoder encoder(options, *tokenizer);
  text::SubwordSampler sampler = merging_nothing();
  text::Encoding out;
  encoder.encode_text({.text = "ab"}, 0, nullptr, out);
  CHECK(out.ids == Ids{3, 2});
  encoder.encode_text({.text = "ab"}, 0, &sampler, out);
  CHECK(out.ids == Ids{3, 0, 1});
  encoder.encode_text({.text = "ab", .text_pair = "ab c"}, 0, nullptr, out);
  CHECK(out.ids == Ids{3, 2, 2, 3});
  encoder.encode_text({.text = "ab", .text_pair = "ab c"}, 0, &sampler, out);
  CHECK(out.ids == Ids{3, 0, 1, 0, 1, 3});
  CHECK(data::second_begin(out) == 3);
  encoder.encode_target("c", nullptr, out);
  CHECK(out.ids == Ids{2, 3});
  encoder.encode_target("c", &sampler, out);
  CHECK(out.ids == Ids{0, 1, 3});
}

TEST_CASE("A sampled target loses the decoder's start and gets its end, as any other") {
  const auto tokenizer = test::bpe_tokenizer();
  data::EncodingOptions options;
  options.target.decoder_start = 3;
  options.target.end_of_text = 1;
  const data::RowEncoder encoder(options, *tokenizer);
  text::SubwordSampler sampler = merging_nothing();
  text::Encoding out;
  encoder.encode_target("c ab c", &sampler, out);
  CHECK(out.ids == Ids{0, 1, 3, 1});
  encoder.encode_target("c ab", &sampler, out);
  CHECK(out.ids == Ids{0, 1});  // it ends with that already
}

TEST_CASE("A row fits by the numbers of its tokens") {
  const auto tokenizer = test::bpe_tokenizer();
  data::EncodingOptions options;
  options.max_length = 4;
  options.target.max_length = 5;
  options.target.shared_length = 8;
  options.target.max_length_ratio = 3.0;
  const data::RowEncoder encoder(options, *tokenizer);
  CHECK(encoder.fit({4, 4}) == data::Fit::kFits);
  CHECK(encoder.fit({0, 4}) == data::Fit::kNoToken);
  CHECK(encoder.fit({5, 1}) == data::Fit::kLongText);
  CHECK(encoder.fit({1, 6}) == data::Fit::kLongTarget);
  CHECK(encoder.fit({4, 5}) == data::Fit::kLongTogether);
  CHECK(encoder.fit({1, 4}) == data::Fit::kUneven);
}

TEST_CASE("Type ids are two segments") {
  text::Encoding encoding;
  encoding.type_ids = {0, 0, 1};
  CHECK(data::second_begin(encoding) == 2);
  encoding.type_ids = {0, 0};
  CHECK(data::second_begin(encoding) == 2);
  encoding.type_ids = {0, 1, 0};
  CHECK_THROWS_AS(data::second_begin(encoding), CheckpointError);
}
