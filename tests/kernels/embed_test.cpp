#include <ATen/TensorOperators.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <catch2/catch.hpp>

#include "base/error.h"
#include "kernels/compare.h"
#include "kernels/ops.h"
#include "kernels/reference.h"

using namespace finetune;
using namespace finetune::test;

namespace {

struct Indices {
  at::Tensor ids, positions, segments;
};

Indices indices(int64_t tokens) {
  return {at::randint(9, {tokens}, at::kLong), at::randint(5, {tokens}, at::kLong),
          at::randint(2, {tokens}, at::kLong)};
}

std::vector<at::Tensor> tables(int64_t width) {
  return {random_tensor({9, width}, 1), random_tensor({5, width}, 2), random_tensor({2, width}, 3)};
}

}  // namespace

TEST_CASE("embed gives the reference's output and gradients, with and without segments") {
  for (const auto& [tokens, width] :
       std::vector<std::pair<int64_t, int64_t>>{{1, 1}, {40, 70}, {100, 384}}) {
    const Indices i = indices(tokens);
    for (const bool has_segments : {true, false}) {
      auto inputs = tables(width);
      if (!has_segments) inputs[2] = at::Tensor();
      check_against(
          [&](const auto& t) {
            return kernels::embed(i.ids, i.positions, i.segments, t[0], t[1], t[2]);
          },
          [&](const auto& t) {
            return kernels::reference::embed(i.ids, i.positions, i.segments, t[0], t[1], t[2]);
          },
          inputs, 5e-6);  // up to a hundred float additions into one row
    }
  }
}

TEST_CASE("words are scaled, may stand alone, and one may be left as it is") {
  const Indices i = indices(40);
  for (const bool has_positions : {true, false}) {
    auto inputs = tables(70);
    if (!has_positions) inputs[1] = at::Tensor();
    inputs[2] = at::Tensor();
    const kernels::WordOptions options{3.5F, 4};
    check_against(
        [&](const auto& t) {
          return kernels::embed(i.ids, i.positions, {}, t[0], t[1], {}, options);
        },
        [&](const auto& t) {
          return kernels::reference::embed(i.ids, i.positions, {}, t[0], t[1], {}, options);
        },
        inputs, 5e-6);
    const auto out = run(
        [&](const auto& t) {
          return kernels::embed(i.ids, i.positions, {}, t[0], t[1], {}, options);
        },
        leaves(inputs));
    CHECK(out[1][4].abs().max().item<float>() == 0.0F);
    CHECK(out[1][3].abs().max().item<float>() > 0.0F);
  }
}

TEST_CASE("rows that were not read keep the gradient they had") {
  auto inputs = leaves(tables(20));
  inputs[0].mutable_grad() = random_tensor({9, 20}, 8);
  const at::Tensor before = inputs[0].grad().clone();
  const void* place = inputs[0].grad().data_ptr();
  const at::Tensor ids = at::tensor({int64_t{3}, int64_t{3}});
  const at::Tensor zeros = at::zeros({2}, at::kLong);
  run([&](const auto& t) { return kernels::embed(ids, zeros, zeros, t[0], t[1], t[2]); }, inputs);
  CHECK(inputs[0].grad().data_ptr() == place);
  for (int64_t row = 0; row < 9; ++row) {
    CHECK(is_same(inputs[0].grad()[row], before[row]) == (row != 3));
  }
}

TEST_CASE("the gradient of an embedding is the same on one thread and two") {
  const Indices i = indices(200);
  const Operation ours = [&](const auto& t) {
    return kernels::embed(i.ids, i.positions, i.segments, t[0], t[1], t[2]);
  };
  std::vector<at::Tensor> one;
  std::vector<at::Tensor> two;
  with_threads(1, [&] { one = run(ours, leaves(tables(200))); });
  with_threads(2, [&] { two = run(ours, leaves(tables(200))); });
  for (size_t k = 0; k < one.size(); ++k) CHECK(is_same(one[k], two[k]));
}

TEST_CASE("an index outside its table is named") {
  const auto t = tables(4);
  const at::Tensor zeros = at::zeros({2}, at::kLong);
  const at::Tensor large = at::tensor({int64_t{0}, int64_t{9}});
  CHECK_THROWS_WITH(kernels::embed(large, zeros, zeros, t[0], t[1], t[2]),
                    Catch::Contains("ids[1] is 9, outside its table of 9 rows"));
  CHECK_THROWS_AS(kernels::embed(zeros, zeros - 1, zeros, t[0], t[1], t[2]), InternalError);
  CHECK_THROWS_AS(kernels::embed(zeros, zeros, large, t[0], t[1], t[2]), InternalError);
}
