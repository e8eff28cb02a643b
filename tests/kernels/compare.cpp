#include "kernels/compare.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randn_like.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <catch2/catch.hpp>

namespace finetune::test {

at::Tensor random_tensor(at::IntArrayRef sizes, uint64_t seed, at::ScalarType type) {
  at::manual_seed(seed);
  return at::randn(sizes, at::kFloat).to(type);
}

std::vector<at::Tensor> leaves(const std::vector<at::Tensor>& inputs, at::ScalarType type) {
  std::vector<at::Tensor> out;
  for (const at::Tensor& input : inputs) {
    out.push_back(input.defined() ? input.detach().to(type).clone().set_requires_grad(true)
                                  : at::Tensor());
  }
  return out;
}

std::vector<at::Tensor> run(const Operation& operation, std::vector<at::Tensor> inputs) {
  std::vector<at::Tensor> out{operation(inputs)};
  at::manual_seed(4711);
  const at::Tensor dy =
      at::randn(out[0].sizes(), at::kFloat).to(out[0].options().requires_grad(false));
  torch::autograd::backward({out[0]}, {dy});
  for (const at::Tensor& input : inputs) {
    out.push_back(input.defined() ? input.grad() : at::Tensor());
  }
  return out;
}

double difference(const at::Tensor& a, const at::Tensor& b) {
  REQUIRE(a.sizes() == b.sizes());
  if (a.numel() == 0) return 0.0;
  const at::Tensor x = a.detach().to(at::kDouble);
  const at::Tensor y = b.detach().to(at::kDouble);
  return (x - y).abs().max().item<double>() / std::max(1.0, y.abs().max().item<double>());
}

bool is_same(const at::Tensor& a, const at::Tensor& b) { return a.equal(b); }

void check_against(const Operation& operation, const Operation& reference,
                   const std::vector<at::Tensor>& inputs, double tolerance) {
  const auto ours = run(operation, leaves(inputs));
  const auto theirs = run(reference, leaves(inputs, at::kDouble));
  for (size_t i = 0; i < ours.size(); ++i) {
    if (!theirs[i].defined()) continue;
    INFO((i == 0 ? std::string("output") : "gradient of input " + std::to_string(i - 1)));
    REQUIRE(ours[i].defined());
    CHECK(difference(ours[i], theirs[i]) <= tolerance);
  }
}

void with_threads(int count, const std::function<void()>& body) {
  const int before = at::get_num_threads();
  at::set_num_threads(count);
  body();
  at::set_num_threads(before);
}

}  // namespace finetune::test
