#include "nn/feed_forward.h"

#include <ATen/ops/gelu.h>
#include <ATen/ops/mm.h>

#include <catch2/catch.hpp>

#include "nn/nn_test_support.h"

namespace finetune::nn {
namespace {

TEST_CASE("a feed-forward network is two linear layers around its activation") {
  DropoutPlaces places;
  FeedForward network({4, 12, kernels::Activation::kGeluTanh}, places);
  CHECK(places.next == 0);  // no dropout, no place
  test::randomize(network);
  const at::Tensor x = test::random_matrix(5, 4);
  const at::Tensor inner = at::gelu(test::plain_linear(network, "inner.", x), "tanh");
  CHECK(test::largest_difference(network.forward(x, {}),
                                 test::plain_linear(network, "outer.", inner)) <
        1e-6);  // short fp32 sums of values near 1
}

TEST_CASE("a gated network multiplies the activation by a second linear function") {
  DropoutPlaces places;
  FeedForwardOptions options{4, 12, kernels::Activation::kGelu, /*is_gated=*/true};
  options.has_bias = false;
  FeedForward network(options, places);
  test::randomize(network);
  CHECK(test::parameter_names(network) == std::vector<std::string>{"inner.weight", "outer.weight"});
  const at::Tensor x = test::random_matrix(5, 4);
  const at::Tensor z = at::mm(x, test::parameter(network, "inner.weight").t());
  const at::Tensor y = at::mm(at::gelu(z.narrow(1, 0, 12)) * z.narrow(1, 12, 12),
                              test::parameter(network, "outer.weight").t());
  CHECK(test::largest_difference(network.forward(x, {}), y) < 1e-6);
}

TEST_CASE("dropout behind the activation has a place of its own and acts in training only") {
  DropoutPlaces places{7};
  FeedForwardOptions options{4, 12};
  options.dropout_probability = 0.4F;
  FeedForward network(options, places);
  CHECK(places.next == 8);
  test::randomize(network);
  const at::Tensor x = test::random_matrix(5, 4);
  const Pass pass{true, 1, 2};
  const at::Tensor inner =
      kernels::dropout(at::gelu(test::plain_linear(network, "inner.", x)), pass.dropout(0.4F, 7));
  CHECK(test::largest_difference(network.forward(x, pass),
                                 test::plain_linear(network, "outer.", inner)) < 1e-6);
  CHECK_FALSE(network.forward(x, pass).equal(network.forward(x, {})));
}

}  // namespace
}  // namespace finetune::nn
