#include "nn/linear.h"

#include <ATen/ops/gelu.h>
#include <ATen/ops/mm.h>

#include <catch2/catch.hpp>

#include "nn/nn_test_support.h"

namespace finetune::nn {
namespace {

// One rounding of a short fp32 sum.
constexpr double kTolerance = 1e-6;

TEST_CASE("a linear layer multiplies by its transposed weight and adds its bias") {
  Linear layer(4, 3);
  test::randomize(layer);
  const at::Tensor x = test::random_matrix(5, 4);
  CHECK(test::parameter_names(layer) == std::vector<std::string>{"weight", "bias"});
  CHECK(test::largest_difference(layer.forward(x), test::plain_linear(layer, "", x)) < kTolerance);
}

TEST_CASE("a linear layer applies the activation to its sum") {
  Linear layer(4, 3);
  test::randomize(layer);
  const at::Tensor x = test::random_matrix(5, 4);
  const at::Tensor sum = test::plain_linear(layer, "", x);
  CHECK(test::largest_difference(layer.forward(x, kernels::Activation::kRelu), sum.clamp_min(0)) <
        kTolerance);
  CHECK(test::largest_difference(layer.forward(x, kernels::Activation::kGelu), at::gelu(sum)) <
        kTolerance);
}

TEST_CASE("a linear layer may be made without a bias") {
  Linear layer(4, 3, /*has_bias=*/false);
  test::randomize(layer);
  const at::Tensor x = test::random_matrix(5, 4);
  CHECK(test::parameter_names(layer) == std::vector<std::string>{"weight"});
  const at::Tensor product = at::mm(x, test::parameter(layer, "weight").t());
  CHECK(test::largest_difference(layer.forward(x), product) < kTolerance);
  CHECK(test::largest_difference(layer.forward(x, kernels::Activation::kRelu),
                                 product.clamp_min(0)) < kTolerance);
}

}  // namespace
}  // namespace finetune::nn
