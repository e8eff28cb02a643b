#include "optim/flat_parameters.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>

#include "base/error.h"

using finetune::optim::FlatEntry;
using finetune::optim::FlatParameters;

namespace {

at::Tensor leaf(at::IntArrayRef shape, double value) {
  return at::full(shape, value, at::kFloat).requires_grad_();
}

std::vector<FlatEntry> example_entries() {
  return {{"a.weight", leaf({3, 5}, 1), true},
          {"a.bias", leaf({3}, 2), false},
          {"b.weight", leaf({2, 2}, 3), true},
          {"scalar", leaf({}, 4), false}};
}

}  // namespace

TEST_CASE("decayed parameters come first, each begins on a 64-byte boundary") {
  FlatParameters flat(example_entries());
  std::vector<std::string> names;
  for (const FlatEntry& entry : flat.entries()) names.push_back(entry.name);
  CHECK(names == std::vector<std::string>{"a.weight", "b.weight", "a.bias", "scalar"});
  CHECK(flat.begins() == std::vector<int64_t>{0, 16, 32, 48});
  CHECK(flat.num_decayed() == 32);
  CHECK(flat.num_parameters() == 15 + 4 + 3 + 1);
  CHECK(flat.values().size() == 64);
  CHECK(flat.gradients().size() == 64);
  CHECK(reinterpret_cast<uintptr_t>(flat.values().data()) % 64 == 0);
  CHECK(reinterpret_cast<uintptr_t>(flat.gradients().data()) % 64 == 0);
}

TEST_CASE("values survive the move, keep their shape and are shared with the module's tensors") {
  std::vector<FlatEntry> entries = example_entries();
  const at::Tensor weight = entries[0].value;
  const at::Tensor transposed = at::rand({4, 3}).t().detach().requires_grad_();
  const at::Tensor original = transposed.detach().clone();
  entries.push_back({"transposed", transposed, true});
  FlatParameters flat(std::move(entries));
  CHECK(weight.sizes() == at::IntArrayRef({3, 5}));
  CHECK(weight.requires_grad());
  CHECK(weight.is_leaf());
  CHECK(transposed.is_contiguous());
  CHECK(transposed.detach().equal(original));
  CHECK(std::all_of(flat.values().begin(), flat.values().begin() + 15,
                    [](float x) { return x == 1.0F; }));
  CHECK(flat.values()[15] == 0.0F);  // the gap
  flat.values()[14] = 9.0F;
  CHECK(weight.detach()[2][4].item<float>() == 9.0F);
}

TEST_CASE("backward adds into the flat gradient buffer in place and never replaces the views") {
  std::vector<FlatEntry> entries = example_entries();
  const at::Tensor weight = entries[0].value;
  const at::Tensor bias = entries[1].value;
  FlatParameters flat(std::move(entries));
  for (int pass = 1; pass <= 2; ++pass) {
    (weight * 3).sum().backward();
    (bias * bias).sum().backward();
    CHECK(flat.gradients()[14] == 3.0F * static_cast<float>(pass));
    CHECK(flat.gradients()[15] == 0.0F);
    CHECK(flat.gradients()[32] == 4.0F * static_cast<float>(pass));
    CHECK(weight.grad().data_ptr<float>() == flat.gradients().data());
  }
}

TEST_CASE("a model without trainable parameters is the user's mistake, bad entries are ours") {
  using finetune::ConfigError;
  using finetune::InternalError;
  const at::Tensor shared = leaf({2}, 1);
  CHECK_THROWS_AS(FlatParameters({}), ConfigError);
  CHECK_THROWS_AS(FlatParameters({{"x", leaf({2}, 1)}, {"x", leaf({2}, 1)}}), InternalError);
  CHECK_THROWS_AS(FlatParameters({{"x", shared}, {"y", shared}}), InternalError);
  CHECK_THROWS_AS(FlatParameters({{"x", at::ones({2})}}), InternalError);     // no gradient
  CHECK_THROWS_AS(FlatParameters({{"x", leaf({2}, 1) * 2}}), InternalError);  // no leaf
  CHECK_THROWS_AS(FlatParameters({{"x", at::Tensor()}}), InternalError);      // undefined
  CHECK_THROWS_AS(FlatParameters({{"x", at::ones({2}, at::kDouble).requires_grad_()}}),
                  InternalError);
}
