#include "nn/layer_norm.h"

#include <catch2/catch.hpp>

#include "nn/nn_test_support.h"

namespace finetune::nn {
namespace {

constexpr double kEpsilon = 0.01;    // large enough to be seen in the result
constexpr double kTolerance = 2e-6;  // a few roundings of values near 3

TEST_CASE("a layer norm normalises the sum of its input and the residual") {
  LayerNorm norm(8, kEpsilon);
  test::randomize(norm);
  const at::Tensor x = test::random_matrix(6, 8);
  const at::Tensor residual = x.flip(0) * 0.5;
  CHECK(test::parameter_names(norm) == std::vector<std::string>{"gain", "shift"});
  CHECK(test::largest_difference(norm.forward(x, residual, {}),
                                 test::plain_norm(norm, "", x + residual, kEpsilon)) < kTolerance);
}

TEST_CASE("a layer norm without a residual normalises its input") {
  LayerNorm norm(8, kEpsilon);
  test::randomize(norm);
  const at::Tensor x = test::random_matrix(6, 8);
  CHECK(test::largest_difference(norm.forward(x, at::Tensor(), {}),
                                 test::plain_norm(norm, "", x, kEpsilon)) < kTolerance);
}

TEST_CASE("an RMS norm divides by the root of the mean square and has no shift") {
  LayerNorm norm(8, kEpsilon, NormKind::kRms);
  test::randomize(norm);
  const at::Tensor x = test::random_matrix(6, 8) + 1.0;
  CHECK(test::parameter_names(norm) == std::vector<std::string>{"gain"});
  const at::Tensor expected =
      x / (x.square().mean(-1, true) + kEpsilon).sqrt() * test::parameter(norm, "gain");
  CHECK(test::largest_difference(norm.forward(x, at::Tensor(), {}), expected) < kTolerance);
}

TEST_CASE("a norm can hand on the sum that it normalises") {
  LayerNorm norm(8, kEpsilon);
  test::randomize(norm);
  const at::Tensor x = test::random_matrix(6, 8);
  const at::Tensor residual = x.flip(0) * 0.5;
  const kernels::SumAndNorm both = norm.forward_with_sum(x, residual, {});
  CHECK(test::largest_difference(both.sum, x + residual) < kTolerance);
  CHECK(both.norm.equal(norm.forward(x, residual, {})));
}

}  // namespace
}  // namespace finetune::nn
