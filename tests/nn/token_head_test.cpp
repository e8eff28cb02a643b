#include "nn/token_head.h"

#include <ATen/ops/gelu.h>
#include <ATen/ops/tanh.h>

#include <catch2/catch.hpp>

#include "nn/nn_test_support.h"

namespace finetune::nn {
namespace {

TEST_CASE("a token head is the norm of an activated linear layer, and holds the words' bias") {
  TokenHeadOptions options;
  options.width = 6;
  options.embedding_width = 4;
  options.vocab_size = 9;
  options.norm_epsilon = 1e-5;
  const at::Tensor x = test::random_matrix(5, 6);
  for (const auto activation : {kernels::Activation::kGelu, kernels::Activation::kTanh}) {
    options.activation = activation;
    TokenHead head(options);
    test::randomize(head);
    const at::Tensor inner = test::plain_linear(head, "dense.", x);
    const at::Tensor activated =
        activation == kernels::Activation::kGelu ? at::gelu(inner) : at::tanh(inner);
    CHECK(test::largest_difference(head.forward(x),
                                   test::plain_norm(head, "norm.", activated, 1e-5)) <
          5e-6);  // short fp32 sums, divided by a small deviation
    CHECK(head.bias().sizes() == at::IntArrayRef({9}));
  }
}

}  // namespace
}  // namespace finetune::nn
