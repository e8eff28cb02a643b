#include "nn/cross_attention.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "nn/nn_test_support.h"

namespace finetune::nn {
namespace {

TEST_CASE("cross-attention makes queries of the text, keys and values of the source") {
  SelfAttentionOptions options;
  options.width = 6;
  options.num_heads = 2;
  options.head_width = 4;
  options.scale = 0.7F;
  DropoutPlaces places;
  const CrossAttention attention(options, places);
  CrossAttention& module = const_cast<CrossAttention&>(attention);
  test::randomize(module);
  const kernels::Sequences sequences{{0, 2, 5}};
  const Source source{test::random_matrix(7, 6) * 0.5, {{0, 4, 7}}};
  const at::Tensor x = test::random_matrix(5, 6);
  const Pass pass;
  BlockContext context(pass, sequences);
  CHECK_THROWS_AS(attention.forward(x, context), InternalError);
  context.source = &source;
  kernels::AttentionOptions expected;
  expected.num_heads = 2;
  expected.scale = 0.7F;
  const at::Tensor written_out = kernels::cross_attention(
      test::plain_linear(attention, "q.", x), test::plain_linear(attention, "kv.", source.states),
      sequences, source.sequences, expected);
  // One rounding of short fp32 sums.
  CHECK(test::largest_difference(attention.forward(x, context), written_out) < 1e-6);
}

}  // namespace
}  // namespace finetune::nn
