#include "nn/embeddings.h"

#include <ATen/ops/tensor.h>

#include <catch2/catch.hpp>

#include "base/error.h"
#include "nn/nn_test_support.h"

namespace finetune::nn {
namespace {

constexpr double kTolerance = 2e-6;  // a few roundings of values near 3

EmbeddingsOptions small_options() {
  EmbeddingsOptions options;
  options.vocab_size = 10;
  options.num_positions = 4;
  options.num_segments = 2;
  options.width = 8;
  options.norm_epsilon = 1e-12;
  options.dropout_probability = 0.5F;
  return options;
}

TokenBatch small_batch() {
  TokenBatch batch;
  batch.token_ids = at::tensor({3, 9, 0, 7, 7}, at::kLong);
  batch.positions = at::tensor({0, 1, 2, 0, 1}, at::kLong);
  batch.segments = at::tensor({0, 0, 1, 0, 1}, at::kLong);
  batch.sequences.offsets = {0, 3, 5};
  return batch;
}

TEST_CASE("embeddings are the norm of the sum of three table rows") {
  DropoutPlaces places;
  Embeddings embeddings(small_options(), places);
  test::randomize(embeddings);
  const TokenBatch batch = small_batch();
  const at::Tensor sum = test::parameter(embeddings, "words").index_select(0, batch.token_ids) +
                         test::parameter(embeddings, "positions").index_select(0, batch.positions) +
                         test::parameter(embeddings, "segments").index_select(0, batch.segments);
  CHECK(test::largest_difference(embeddings.forward(batch, Pass{}),
                                 test::plain_norm(embeddings, "norm.", sum, 1e-12)) < kTolerance);
}

TEST_CASE("embeddings may start at a later row of positions and have no segments") {
  DropoutPlaces places;
  EmbeddingsOptions options = small_options();
  options.num_segments = 0;
  options.first_position = 1;
  Embeddings embeddings(options, places);
  test::randomize(embeddings);
  CHECK(test::parameter_names(embeddings) ==
        std::vector<std::string>{"words", "positions", "norm.gain", "norm.shift"});
  TokenBatch batch = small_batch();
  const at::Tensor sum =
      test::parameter(embeddings, "words").index_select(0, batch.token_ids) +
      test::parameter(embeddings, "positions").index_select(0, batch.positions + 1);
  CHECK(test::largest_difference(embeddings.forward(batch, Pass{}),
                                 test::plain_norm(embeddings, "norm.", sum, 1e-12)) < kTolerance);
  batch.segments[0] = 99;  // read by nobody
  CHECK_NOTHROW(embeddings.forward(batch, Pass{}));
  batch.positions[2] = 3;
  CHECK_THROWS_AS(embeddings.forward(batch, Pass{}), InternalError);
}

TEST_CASE("embeddings are dropped after the norm, in training only") {
  DropoutPlaces places;
  Embeddings embeddings(small_options(), places);
  test::randomize(embeddings);
  const at::Tensor kept = embeddings.forward(small_batch(), Pass{});
  const at::Tensor dropped = embeddings.forward(small_batch(), Pass{true, 1, 0});
  const at::Tensor is_zero = dropped == 0;
  CHECK(is_zero.any().item<bool>());
  CHECK_FALSE(is_zero.all().item<bool>());
  CHECK(test::largest_difference(dropped, kept.masked_fill(is_zero, 0) * 2) < kTolerance);
}

TEST_CASE("the mask of embeddings is that of their place") {
  DropoutPlaces places;
  Embeddings embeddings(small_options(), places);
  Embeddings elsewhere(small_options(), places);
  test::randomize(embeddings);
  test::randomize(elsewhere);
  const TokenBatch batch = small_batch();
  const Pass pass{true, 1, 0};
  CHECK(embeddings.forward(batch, Pass{}).equal(elsewhere.forward(batch, Pass{})));
  CHECK_FALSE(embeddings.forward(batch, pass).equal(elsewhere.forward(batch, pass)));
}

TEST_CASE("embeddings refuse indices outside their tables") {
  DropoutPlaces places;
  Embeddings embeddings(small_options(), places);
  test::randomize(embeddings);
  for (at::Tensor TokenBatch::*field :
       {&TokenBatch::token_ids, &TokenBatch::positions, &TokenBatch::segments}) {
    for (const int64_t index : {int64_t{-1}, int64_t{10}}) {
      TokenBatch batch = small_batch();
      (batch.*field)[4] = index;
      CHECK_THROWS_AS(embeddings.forward(batch, Pass{}), InternalError);
    }
  }
}

TEST_CASE("embeddings refuse index tensors that do not cover the sequences") {
  DropoutPlaces places;
  Embeddings embeddings(small_options(), places);
  test::randomize(embeddings);
  TokenBatch batch = small_batch();
  batch.positions = at::tensor({0, 1, 2}, at::kLong);
  CHECK_THROWS_AS(embeddings.forward(batch, Pass{}), InternalError);
  batch = small_batch();
  batch.sequences.offsets = {0, 3, 6};
  CHECK_THROWS_AS(embeddings.forward(batch, Pass{}), InternalError);
}

}  // namespace
}  // namespace finetune::nn
