#include "decode/score.h"

#include <ATen/ops/tensor.h>

#include <catch2/catch.hpp>
#include <numeric>

#include "decode/generator.h"
#include "toy_language.h"

using namespace finetune;
using Catch::Contains;

TEST_CASE("a given text scores what it scored when it was written") {
  test::ToyLanguage model;
  const decode::TokenLists prompts = {{1}, {5, 6, 7}};
  nn::TokenBatch batch;
  batch.token_ids = at::tensor(std::vector<int64_t>{1, 5, 6, 7});
  batch.sequences.offsets = {0, 1, 4};
  decode::Options options;
  options.max_new_tokens = 8;
  options.do_sample = true;
  options.eos_token_ids = {3, 4, 5};
  const auto texts = decode::generate(model, batch, options);
  const auto scores = decode::score(model, prompts, {texts[0][0].token_ids, texts[1][0].token_ids});
  for (size_t i = 0; i < 2; ++i) {
    CHECK(scores[i].size() == texts[i][0].token_ids.size());
    CHECK(std::accumulate(scores[i].begin(), scores[i].end(), 0.0) ==
          Approx(texts[i][0].log_probability).epsilon(1e-5));
  }
}

TEST_CASE("texts and targets must match") {
  test::ToyLanguage model;
  CHECK_THROWS_WITH(decode::score(model, {{1}}, {}), Contains("0 targets for 1 texts"));
  CHECK_THROWS_WITH(decode::score(model, {{1}}, {{}}), Contains("an empty target"));
  CHECK_THROWS_WITH(decode::score(model, {{}}, {{1}}), Contains("an empty prompt"));
}
