#include "decode/options.h"

#include <catch2/catch.hpp>
#include <functional>

#include "base/error.h"
#include "models/generation.h"

using namespace finetune;
using Catch::Contains;

TEST_CASE("options out of range or at odds with each other are refused by name") {
  struct Row {
    std::function<void(decode::Options&)> change;
    std::string words;
  };
  using Options = decode::Options;
  const std::vector<Row> rows = {
      {[](Options& o) { o.max_length = -1; }, "must not be negative"},
      {[](Options& o) { o.max_length = o.max_new_tokens = 5; }, "exclude each other"},
      {[](Options& o) { o.max_new_tokens = 5, o.min_new_tokens = 6; }, "min_new_tokens 6 is above"},
      {[](Options& o) { o.max_length = 5, o.min_length = 6; }, "min_length 6 is above"},
      {[](Options& o) { o.num_return_sequences = 2; }, "greedy search finds one"},
      {[](Options& o) { o.num_beams = 2, o.num_return_sequences = 3; }, "is above num_beams 2"},
      {[](Options& o) { o.temperature = 0.0, o.do_sample = true; }, "leave out do_sample"},
      {[](Options& o) { o.temperature = 0.5; }, "no effect without do_sample"},
      {[](Options& o) { o.top_k = 5; }, "no effect without do_sample"},
      {[](Options& o) { o.top_p = 1.5; }, "top_p 1.5 is outside"},
      {[](Options& o) { o.min_p = -0.1; }, "min_p -0.1 is outside"},
      {[](Options& o) { o.top_k = -1; }, "top_k -1"},
      {[](Options& o) { o.repetition_penalty = 0.0; }, "repetition_penalty 0 is not above 0"},
      {[](Options& o) { o.no_repeat_ngram_size = -2; }, "no_repeat_ngram_size -2"},
      {[](Options& o) { o.eos_token_ids = {10}; }, "eos_token_ids holds 10, the vocabulary has 10"},
      {[](Options& o) {
         o.bad_words_ids = {{1}, {}};
       },
       "holds an empty list"},
      {[](Options& o) { o.forced_bos_token_id = -3; }, "forced_bos_token_id holds -3"},
      {[](Options& o) { o.decoder_start_token_id = 10; }, "decoder_start_token_id holds 10"},
  };
  for (const Row& row : rows) {
    Options options;
    row.change(options);
    INFO(row.words);
    CHECK_THROWS_WITH(decode::check(options, 10), Contains(row.words));
    CHECK_THROWS_AS(decode::check(options, 10), ConfigError);
  }
  CHECK_NOTHROW(decode::check({}, 10));
}

TEST_CASE("ids that are left to the model are the model's, once") {
  models::SpecialIds ids;
  ids.eos = {3};
  ids.decoder_start = 4;
  ids.forced_eos = 5;
  ids.bad_words = {{6}};
  decode::Options options;
  options.forced_eos_token_id = 7;
  const decode::Options complete = decode::with_ids_of(options, ids);
  CHECK(complete.eos_token_ids == std::vector<int32_t>{3});
  CHECK(complete.decoder_start_token_id == 4);
  CHECK(complete.forced_eos_token_id == 7);
  CHECK(complete.bad_words_ids == std::vector<std::vector<int32_t>>{{6}});
  ids.forced_bos = 8;
  CHECK_FALSE(decode::with_ids_of(complete, ids).forced_bos_token_id);
  options = {};
  options.takes_model_ids = false;
  const decode::Options own = decode::with_ids_of(options, ids);
  CHECK(own.eos_token_ids.empty());
  CHECK(own.bad_words_ids.empty());
  CHECK_FALSE(own.forced_eos_token_id);
}
