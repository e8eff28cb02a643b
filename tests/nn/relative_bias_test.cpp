#include "nn/relative_bias.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/randn_like.h>
#include <ATen/ops/zeros.h>

#include <catch2/catch.hpp>
#include <utility>
#include <vector>

#include "nn/nn_test_support.h"

namespace finetune::nn {
namespace {

using Runs = std::vector<std::pair<int64_t, int64_t>>;  // a bucket, and how many distances it has

std::vector<int64_t> spelled_out(const Runs& runs) {
  std::vector<int64_t> buckets;
  for (const auto& [bucket, count] : runs) {
    buckets.insert(buckets.end(), static_cast<size_t>(count), bucket);
  }
  return buckets;
}

std::vector<int64_t> buckets(int64_t farthest, const RelativeBiasOptions& options) {
  const at::Tensor ids =
      relative_buckets(at::arange(-farthest, farthest + 1, at::kLong), options).contiguous();
  return {ids.data_ptr<int64_t>(), ids.data_ptr<int64_t>() + ids.numel()};
}

// T5Attention._relative_position_bucket of transformers 4.57.6 for the distances -140 ... 140.
TEST_CASE("buckets of T5 in both directions are transformers'") {
  const RelativeBiasOptions options;
  CHECK(buckets(140, options) ==
        spelled_out({{15, 50}, {14, 27}, {13, 18}, {12, 14}, {11, 9},  {10, 7},  {9, 4},  {8, 4},
                     {7, 1},   {6, 1},   {5, 1},   {4, 1},   {3, 1},   {2, 1},   {1, 1},  {0, 1},
                     {17, 1},  {18, 1},  {19, 1},  {20, 1},  {21, 1},  {22, 1},  {23, 1}, {24, 4},
                     {25, 4},  {26, 7},  {27, 9},  {28, 14}, {29, 18}, {30, 27}, {31, 50}}));
}

TEST_CASE("buckets of T5's decoder are transformers'") {
  RelativeBiasOptions options;
  options.is_bidirectional = false;
  CHECK(
      buckets(140, options) ==
      spelled_out({{31, 28}, {30, 14}, {29, 12}, {28, 10}, {27, 10}, {26, 8}, {25, 7}, {24, 6},
                   {23, 6},  {22, 5},  {21, 4},  {20, 4},  {19, 3},  {18, 3}, {17, 2}, {16, 3},
                   {15, 1},  {14, 1},  {13, 1},  {12, 1},  {11, 1},  {10, 1}, {9, 1},  {8, 1},
                   {7, 1},   {6, 1},   {5, 1},   {4, 1},   {3, 1},   {2, 1},  {1, 1},  {0, 141}}));
}

TEST_CASE("few buckets end where transformers' end") {
  RelativeBiasOptions options;
  options.num_buckets = 8;
  options.max_distance = 6;
  CHECK(buckets(9, options) ==
        spelled_out({{3, 6}, {2, 2}, {1, 1}, {0, 1}, {5, 1}, {6, 2}, {7, 6}}));
  options.max_distance = 20;
  options.is_bidirectional = false;
  CHECK(buckets(9, options) ==
        spelled_out({{6, 1}, {5, 3}, {4, 2}, {3, 1}, {2, 1}, {1, 1}, {0, 10}}));
}

TEST_CASE("the bias of a distance is its bucket's row, and its gradient goes there") {
  RelativeBiasOptions options;
  options.num_heads = 3;
  options.num_buckets = 8;
  options.max_distance = 6;
  RelativeBias bias(options);
  test::randomize(bias);
  const at::Tensor table = test::parameter(bias, "bias");
  const at::Tensor values = bias.forward(3);  // distances -2 ... 2
  REQUIRE(values.sizes() == at::IntArrayRef({3, 5}));
  const std::vector<int64_t> expected = {2, 1, 0, 5, 6};
  for (int64_t h = 0; h < 3; ++h) {
    for (int64_t i = 0; i < 5; ++i) {
      CHECK(values[h][i].item<float>() == table[expected[static_cast<size_t>(i)]][h].item<float>());
    }
  }
  const at::Tensor weights = at::randn_like(values);
  (values * weights).sum().backward();
  at::Tensor gradient = at::zeros({8, 3});
  for (int64_t i = 0; i < 5; ++i) {
    gradient[expected[static_cast<size_t>(i)]] += weights.select(1, i);
  }
  CHECK(test::largest_difference(table.grad(), gradient) < 1e-6);
}

}  // namespace
}  // namespace finetune::nn
