#include "nn/transformer_block.h"

#include <ATen/ops/gelu.h>
#include <ATen/ops/tensor.h>

#include <catch2/catch.hpp>

#include "base/error.h"
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

TEST_CASE("self-attention's output may be spared by the dropout of the others") {
  for (const bool drops : {true, false}) {
    TransformerBlockOptions options = small_options(0.5F);
    options.attention.dropout_probability = 0.0F;
    options.drops_attention_output = drops;
    DropoutPlaces places;
    TransformerBlock block(options, places);
    test::randomize(block);
    {
      const c10::NoGradGuard no_grad;  // nothing comes of the feed-forward network, dropped or not
      test::parameter(block, "feed_forward.outer.weight").fill_(0.0);
      test::parameter(block, "feed_forward.outer.bias").fill_(0.0);
    }
    const at::Tensor x = test::random_matrix(9, kWidth);
    CHECK(block.forward(x, kSequences, Pass{true, 1, 1})
              .equal(block.forward(x, kSequences, Pass{})) == !drops);
  }
}

TEST_CASE("norms before the sublayers leave the residual stream alone") {
  DropoutPlaces places;
  TransformerBlockOptions options = small_options(0.0F);
  options.norm_place = NormPlace::kBefore;
  TransformerBlock block(options, places);
  test::randomize(block);
  const at::Tensor x = test::random_matrix(9, kWidth);
  const auto norm = [&](const char* name, const at::Tensor& v) {
    return test::plain_norm(block, name, v, kEpsilon);
  };
  const at::Tensor qkv = test::plain_linear(block, "attention.qkv.", norm("attention_norm.", x));
  const at::Tensor context =
      kernels::attention(qkv, kSequences, 2, kernels::Mask::kBidirectional, {});
  const at::Tensor y = x + test::plain_linear(block, "attention_output.", context);
  const at::Tensor inner =
      at::gelu(test::plain_linear(block, "feed_forward.inner.", norm("output_norm.", y)));
  const at::Tensor z = y + test::plain_linear(block, "feed_forward.outer.", inner);
  CHECK(test::largest_difference(block.forward(x, kSequences, Pass{}), z) < kTolerance);
}

TEST_CASE("cross-attention stands between self-attention and the feed-forward network") {
  const Source source{test::random_matrix(7, kWidth) * 0.5, {{0, 1, 5, 7}}};
  for (const NormPlace place : {NormPlace::kAfter, NormPlace::kBefore}) {
    DropoutPlaces places{10};
    TransformerBlockOptions options = small_options(0.3F);
    options.norm_place = place;
    options.has_cross_attention = true;
    options.attention.mask = kernels::Mask::kCausal;
    TransformerBlock block(options, places);
    CHECK(places.next == 15);
    test::randomize(block);
    const Pass pass{true, 5, 6};
    const auto sublayer = [&](const char* name, const at::Tensor& x, const auto& body,
                              uint32_t dropout_place) {
      const auto norm = [&](const at::Tensor& v) {
        return test::plain_norm(block, name, v, kEpsilon);
      };
      const auto drop = [&](const at::Tensor& v) {
        return kernels::dropout(v, pass.dropout(0.3F, dropout_place));
      };
      return place == NormPlace::kAfter ? norm(x + drop(body(x))) : x + drop(body(norm(x)));
    };
    const auto linear = [&](const char* name, const at::Tensor& v) {
      return test::plain_linear(block, name, v);
    };
    kernels::AttentionOptions attention;
    attention.num_heads = 2;
    const at::Tensor x = test::random_matrix(9, kWidth);
    const auto attend = [&](const at::Tensor& v) {
      return linear("attention_output.",
                    kernels::attention(linear("attention.qkv.", v), kSequences, 2,
                                       kernels::Mask::kCausal, pass.dropout(0.3F, 10)));
    };
    const auto read = [&](const at::Tensor& v) {
      attention.dropout = pass.dropout(0.3F, 11);
      return linear("cross_output.",
                    kernels::cross_attention(linear("cross_attention.q.", v),
                                             linear("cross_attention.kv.", source.states),
                                             kSequences, source.sequences, attention));
    };
    const auto feed = [&](const at::Tensor& v) {
      return linear("feed_forward.outer.", at::gelu(linear("feed_forward.inner.", v)));
    };
    at::Tensor y = sublayer("attention_norm.", x, attend, 13);
    y = sublayer("cross_norm.", y, read, 12);
    y = sublayer("output_norm.", y, feed, 14);
    BlockContext context(pass, kSequences);
    context.source = &source;
    const at::Tensor all = block.forward(Residual{x, {}, {}}, context).sum();
    CHECK(test::largest_difference(all, y) < kTolerance);

    const at::Tensor rows = at::tensor({0, 5, 6}, at::kLong);
    const Pass evaluation;
    BlockContext plain(evaluation, kSequences);
    plain.source = &source;
    const at::Tensor every = block.forward(Residual{x, {}, {}}, plain).sum();
    plain.rows = rows;
    const at::Tensor some = block.forward(Residual{x, {}, {}}, plain).sum();
    CHECK(test::largest_difference(some, every.index_select(0, rows)) < kTolerance);
    context.source = nullptr;
    CHECK_THROWS_AS(block.forward(Residual{x, {}, {}}, context), InternalError);
  }
}

}  // namespace
}  // namespace finetune::nn
