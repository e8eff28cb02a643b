#include "nn/feed_forward.h"

#include <ATen/ops/gelu.h>

#include <catch2/catch.hpp>

#include "nn/nn_test_support.h"

namespace finetune::nn {
namespace {

TEST_CASE("a feed-forward network is two linear layers around its activation") {
  FeedForward network(4, 12, kernels::Activation::kGeluTanh);
  test::randomize(network);
  const at::Tensor x = test::random_matrix(5, 4);
  const at::Tensor inner = at::gelu(test::plain_linear(network, "inner.", x), "tanh");
  CHECK(test::largest_difference(network.forward(x), test::plain_linear(network, "outer.", inner)) <
        1e-6);  // short fp32 sums of values near 1
}

}  // namespace
}  // namespace finetune::nn
