#include "kernels/gradients.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>
#include <c10/core/GradMode.h>

#include <catch2/catch.hpp>

#include "kernels/compare.h"
#include "kernels/ops.h"

using namespace finetune;
using namespace finetune::test;

namespace {

const Operation kLinear = [](const auto& t) { return kernels::linear(t[0], t[1], t[2]); };

std::vector<at::Tensor> inputs() {
  return leaves({random_tensor({70, 12}, 1), random_tensor({20, 12}, 2), random_tensor({20}, 3)});
}

}  // namespace

TEST_CASE("a second backward pass adds to the gradients of weights in place") {
  const auto tensors = inputs();
  run(kLinear, tensors);
  const at::Tensor weight_once = tensors[1].grad().clone();
  const at::Tensor bias_once = tensors[2].grad().clone();
  const void* weight_place = tensors[1].grad().data_ptr();
  const void* bias_place = tensors[2].grad().data_ptr();
  run(kLinear, tensors);
  CHECK(tensors[1].grad().data_ptr() == weight_place);
  CHECK(tensors[2].grad().data_ptr() == bias_place);
  CHECK(difference(tensors[1].grad(), weight_once * 2) < 1e-6);
  CHECK(is_same(tensors[2].grad(), bias_once * 2));
}

TEST_CASE("gradients land in a view of a larger buffer and nowhere else") {
  at::Tensor flat = at::ones({300});
  const auto tensors = inputs();
  tensors[1].mutable_grad() = flat.narrow(0, 16, 240).view({20, 12});
  run(kLinear, tensors);
  const auto plain = inputs();
  run(kLinear, plain);
  CHECK(difference(flat.narrow(0, 16, 240).view({20, 12}), plain[1].grad() + 1) < 1e-6);
  CHECK(is_same(flat.narrow(0, 0, 16), at::ones({16})));
  CHECK(is_same(flat.narrow(0, 256, 44), at::ones({44})));
}

TEST_CASE("every operation adds to defined gradients what it returns for undefined ones") {
  const kernels::Dropout key{0.2F, 1, 2, 3};
  const std::vector<Operation> operations{
      [](const auto& t) {
        return kernels::linear_activation(t[0], t[1], t[2], kernels::Activation::kGelu);
      },
      [&](const auto& t) {
        return kernels::dropout_add_norm(t[0], {}, t[1][0], t[1][1], 1e-5, key) + t[2][0];
      }};
  for (const Operation& operation : operations) {
    const auto fresh = inputs();
    const auto once = run(operation, fresh);
    const auto added = inputs();
    for (const at::Tensor& t : added) t.mutable_grad() = at::ones(t.sizes());
    const auto twice = run(operation, added);
    for (size_t i = 1; i < once.size(); ++i) CHECK(difference(twice[i], once[i] + 1) < 2e-6);
  }
}

TEST_CASE("a leaf with a hook, and a graph of gradients, get their gradient through autograd") {
  const auto tensors = inputs();
  run(kLinear, tensors);
  int calls = 0;
  tensors[1].register_hook([&calls](const at::Tensor& gradient) {
    ++calls;
    return gradient * 3;
  });
  const at::Tensor once = tensors[1].grad().clone();
  run(kLinear, tensors);
  CHECK(calls == 1);
  CHECK(difference(tensors[1].grad(), once * 4) < 1e-6);

  const at::Tensor weight = random_tensor({3}, 1).set_requires_grad(true);
  weight.mutable_grad() = at::ones({3});
  {
    const c10::AutoGradMode off(false);
    CHECK_FALSE(kernels::GradientTarget(weight).returned().defined());
  }
  CHECK(kernels::GradientTarget(weight).returned().defined());  // grad mode: create_graph
}
