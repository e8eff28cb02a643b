#include "nn/transformer_block.h"

#include <ATen/ops/gelu.h>
#include <ATen/ops/tensor.h>

#include <catch2/catch.hpp>

#include "nn/nn_test_support.h"

namespace finetune::nn {
namespace {

constexpr int64_t kWidth = 8;
constexpr double kEpsilon = 1e-5;
constexpr double kTolerance = 5e-6;  // two norms of fp32 sums

TransformerBlockOptions small_options(float dropout) {
  TransformerBlockOptions options;
  options.attention.width = kWidth;
  options.attention.num_heads = 2;
  options.attention.dropout_probability = dropout;
  options.inner_width = 12;
  options.norm_epsilon = kEpsilon;
  options.dropout_probability = dropout;
  return options;
}

const kernels::Sequences kSequences{{0, 5, 6, 9}};

TEST_CASE("a block normalises after each of its two sublayers") {
  DropoutPlaces places;
  TransformerBlock block(small_options(0.0F), places);
  test::randomize(block);
  DropoutPlaces other_places;
  SelfAttention attention(small_options(0.0F).attention, other_places);
  {
    const c10::NoGradGuard no_grad;
    for (auto& item : attention.named_parameters()) {
      item.value().copy_(test::parameter(block, "attention." + item.key()));
    }
  }
  const at::Tensor x = test::random_matrix(9, kWidth);
  const at::Tensor context = attention.forward(x, kSequences, Pass{});
  const at::Tensor y =
      test::plain_norm(block, "attention_norm.",
                       x + test::plain_linear(block, "attention_output.", context), kEpsilon);
  const at::Tensor inner = at::gelu(test::plain_linear(block, "feed_forward.inner.", y));
  const at::Tensor z = test::plain_norm(
      block, "output_norm.", y + test::plain_linear(block, "feed_forward.outer.", inner), kEpsilon);
  CHECK(test::largest_difference(block.forward(x, kSequences, Pass{}), z) < kTolerance);
}

TEST_CASE("asking for some rows gives those rows and the same gradients") {
  DropoutPlaces places;
  TransformerBlock block(small_options(0.0F), places);
  test::randomize(block);
  const at::Tensor rows = at::tensor({0, 5, 6}, at::kLong);
  const at::Tensor x = test::random_matrix(9, kWidth).requires_grad_();
  const at::Tensor x2 = x.detach().clone().requires_grad_();

  const at::Tensor all = block.forward(x, kSequences, Pass{}).index_select(0, rows);
  all.square().sum().backward();
  const at::Tensor weight = test::parameter(block, "attention.qkv.weight");
  const at::Tensor gradient = weight.grad().clone();
  block.zero_grad();
  const at::Tensor some = block.forward(x2, kSequences, Pass{}, rows);
  some.square().sum().backward();

  CHECK(test::largest_difference(some, all) < kTolerance);
  CHECK(test::largest_difference(x2.grad(), x.grad()) < kTolerance * 10);  // sums over rows
  CHECK(test::largest_difference(weight.grad(), gradient) < kTolerance * 10);
}

TEST_CASE("dropout in a block depends on seed and step, and is off outside training") {
  DropoutPlaces places;
  TransformerBlock block(small_options(0.3F), places);
  test::randomize(block);
  const at::Tensor x = test::random_matrix(9, kWidth);
  const auto forward = [&](const Pass& pass) { return block.forward(x, kSequences, pass); };
  CHECK(forward({true, 1, 2}).equal(forward({true, 1, 2})));
  CHECK_FALSE(forward({true, 1, 2}).equal(forward({true, 1, 3})));
  CHECK_FALSE(forward({true, 1, 2}).equal(forward({true, 2, 2})));
  CHECK(forward({false, 1, 2}).equal(forward({})));
}

TEST_CASE("the dropouts of a block have three places of their own, in order") {
  constexpr float kProbability = 0.3F;
  DropoutPlaces places{10};
  TransformerBlock block(small_options(kProbability), places);
  CHECK(places.next == 13);
  test::randomize(block);
  const Pass pass{true, 5, 6};
  const auto of = [&](const char* name) { return test::parameter(block, name); };
  const at::Tensor x = test::random_matrix(9, kWidth);
  const at::Tensor context =
      kernels::attention(test::plain_linear(block, "attention.qkv.", x), kSequences, 2,
                         kernels::Mask::kBidirectional, pass.dropout(kProbability, 10));
  const at::Tensor y = kernels::dropout_add_norm(
      test::plain_linear(block, "attention_output.", context), x, of("attention_norm.gain"),
      of("attention_norm.shift"), kEpsilon, pass.dropout(kProbability, 11));
  const at::Tensor inner = at::gelu(test::plain_linear(block, "feed_forward.inner.", y));
  const at::Tensor z = kernels::dropout_add_norm(
      test::plain_linear(block, "feed_forward.outer.", inner), y, of("output_norm.gain"),
      of("output_norm.shift"), kEpsilon, pass.dropout(kProbability, 12));
  CHECK(test::largest_difference(block.forward(x, kSequences, pass), z) < kTolerance);
}

}  // namespace
}  // namespace finetune::nn
