#include "decode/options.h"

#include <catch2/catch.hpp>
#include <functional>

#include "base/error.h"

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
      {[](Options& o) { o.forced_bos_token_id = -3; }, "holds -3"},
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
