#include "nn/embeddings.h"

#include <ATen/ops/tensor.h>

#include <catch2/catch.hpp>
#include <cmath>

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

TEST_CASE("embeddings may scale shared words, compute positions and have no norm") {
  DropoutPlaces places;
  EmbeddingsOptions options = small_options();
  options.num_segments = 0;
  options.positions = PositionKind::kSinusoidal;
  options.has_norm = false;
  options.word_scale = 3.0;
  const at::Tensor words = test::random_matrix(10, 8);
  Embeddings embeddings(options, places, words);
  CHECK(test::parameter_names(embeddings).empty());
  const TokenBatch batch = small_batch();
  const at::Tensor out = embeddings.forward(batch, Pass{});
  for (int64_t n = 0; n < 5; ++n) {
    const auto position = static_cast<double>(batch.positions[n].item<int64_t>());
    for (int64_t i = 0; i < 4; ++i) {  // Vaswani et al. 2017, sines first
      const double angle = position / std::pow(10000.0, static_cast<double>(i) / 4.0);
      const at::Tensor word = words[batch.token_ids[n].item<int64_t>()] * 3.0;
      CHECK(out[n][i].item<double>() ==
            Approx(word[i].item<double>() + std::sin(angle)).margin(1e-6));
      CHECK(out[n][4 + i].item<double>() ==
            Approx(word[4 + i].item<double>() + std::cos(angle)).margin(1e-6));
    }
  }
}

TEST_CASE("a frozen word learns nothing from being read, and words may stand alone") {
  DropoutPlaces places;
  EmbeddingsOptions options = small_options();
  options.num_segments = 0;
  options.positions = PositionKind::kNone;
  options.frozen_word = 7;
  Embeddings embeddings(options, places);
  test::randomize(embeddings);
  TokenBatch batch = small_batch();
  batch.positions = at::Tensor();
  batch.segments = at::Tensor();
  embeddings.forward(batch, Pass{}).square().sum().backward();
  const at::Tensor gradient = test::parameter(embeddings, "words").grad();
  CHECK(gradient[7].abs().max().item<float>() == 0.0F);
  CHECK(gradient[9].abs().max().item<float>() > 0.0F);
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
