#include "nn/self_attention.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/softmax.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "nn/nn_test_support.h"

namespace finetune::nn {
namespace {

constexpr int64_t kWidth = 6;
constexpr int64_t kHeads = 2;
constexpr double kTolerance = 1e-6;  // short fp32 sums of values near 1

SelfAttentionOptions small_options(kernels::Mask mask) {
  SelfAttentionOptions options;
  options.width = kWidth;
  options.num_heads = kHeads;
  options.mask = mask;
  return options;
}

/// Attention of one sequence, head by head.
at::Tensor plain_attention(const at::Tensor& qkv, bool is_causal) {
  const int64_t head_width = kWidth / kHeads;
  std::vector<at::Tensor> heads;
  for (int64_t head = 0; head < kHeads; ++head) {
    const auto part = [&](int64_t which) {
      return qkv.narrow(1, which * kWidth + head * head_width, head_width);
    };
    at::Tensor scores = at::mm(part(0), part(1).t()) / std::sqrt(static_cast<double>(head_width));
    if (is_causal) {
      const at::Tensor future = at::ones_like(scores).triu(1).to(at::kBool);
      scores = scores.masked_fill(future, -INFINITY);
    }
    heads.push_back(at::mm(at::softmax(scores, 1), part(2)));
  }
  return at::cat(heads, 1);
}

TEST_CASE("self-attention attends inside each sequence with the mask of its options") {
  for (const auto mask : {kernels::Mask::kBidirectional, kernels::Mask::kCausal}) {
    DropoutPlaces places;
    SelfAttention attention(small_options(mask), places);
    test::randomize(attention);
    const kernels::Sequences sequences{{0, 4, 5, 8}};
    const at::Tensor x = test::random_matrix(8, kWidth);
    const at::Tensor qkv = test::plain_linear(attention, "qkv.", x);
    std::vector<at::Tensor> expected;
    for (size_t b = 0; b + 1 < sequences.offsets.size(); ++b) {
      expected.push_back(
          plain_attention(qkv.slice(0, sequences.offsets[b], sequences.offsets[b + 1]),
                          mask == kernels::Mask::kCausal));
    }
    CHECK(test::largest_difference(attention.forward(x, sequences, Pass{}), at::cat(expected)) <
          kTolerance);
  }
}

TEST_CASE("self-attention drops probabilities in training only") {
  DropoutPlaces places;
  SelfAttentionOptions options = small_options(kernels::Mask::kBidirectional);
  options.dropout_probability = 0.5F;
  SelfAttention attention(options, places);
  test::randomize(attention);
  const kernels::Sequences sequences{{0, 8}};
  const at::Tensor x = test::random_matrix(8, kWidth);
  const at::Tensor evaluated = attention.forward(x, sequences, Pass{});
  CHECK(evaluated.equal(attention.forward(x, sequences, Pass{false, 9, 9})));
  CHECK_FALSE(evaluated.equal(attention.forward(x, sequences, Pass{true, 9, 9})));
}

}  // namespace
}  // namespace finetune::nn
