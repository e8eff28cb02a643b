#include "kernels/reference.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <torch/csrc/autograd/autograd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "kernels/compare.h"
#include "support/test_support.h"

// Expected values: PyTorch in float64 (fixtures/make_fixtures.py).

using namespace finetune;
using namespace finetune::test;
namespace reference = finetune::kernels::reference;
using nlohmann::json;

namespace {

const json& fixtures() {
  static const json all = json::parse(read_file(fixture("kernels/fixtures/reference.json")));
  return all;
}

at::Tensor tensor(const json& values, at::ScalarType type = at::kDouble) {
  std::vector<int64_t> sizes;
  for (const json* level = &values; level->is_array(); level = &level->at(0)) {
    sizes.push_back(static_cast<int64_t>(level->size()));
  }
  at::Tensor out = at::empty(sizes, at::kDouble);
  auto* to = out.data_ptr<double>();
  const std::function<void(const json&)> copy = [&](const json& level) {
    if (!level.is_array()) {
      *to++ = level.get<double>();
      return;
    }
    for (const json& next : level) copy(next);
  };
  copy(values);
  return out.to(type);
}

/// Runs `operation` in double on the named inputs of a fixture and compares output and gradients.
void check_fixture(const std::string& name, const std::vector<std::string>& inputs,
                   const Operation& operation) {
  INFO(name);
  const json& f = fixtures().at(name);
  std::vector<at::Tensor> tensors;
  for (const std::string& input : inputs) {
    tensors.push_back(tensor(f.at(input)).set_requires_grad(true));
  }
  const at::Tensor y = operation(tensors);
  torch::autograd::backward({y}, {tensor(f.at("dy"))});
  CHECK(difference(y, tensor(f.at("y"))) < 1e-13);
  for (size_t i = 0; i < inputs.size(); ++i) {
    INFO("gradient of " << inputs[i]);
    CHECK(difference(tensors[i].grad(), tensor(f.at("d" + inputs[i]))) < 1e-13);
  }
}

void check_trajectory(const std::string& name, const kernels::AdamWScalars& options) {
  const json& f = fixtures().at(name);
  at::Tensor p = tensor(f.at("start"), at::kFloat);
  at::Tensor m = p * 0;
  at::Tensor v = p * 0;
  const auto span = [](const at::Tensor& t) {
    return std::span<float>(t.data_ptr<float>(), static_cast<size_t>(t.numel()));
  };
  kernels::AdamWScalars scalars = options;
  for (size_t step = 0; step < f.at("gradients").size(); ++step) {
    at::Tensor g = tensor(f.at("gradients").at(step), at::kFloat);
    scalars.learning_rate = f.at("learning_rates").at(step).get<float>();
    scalars.update_number = static_cast<int64_t>(step) + 1;
    reference::adamw_step(span(p), span(g), span(m), span(v), scalars);
    INFO(name << ", update " << scalars.update_number);
    CHECK(difference(p, tensor(f.at("parameters").at(step))) < 2e-6);  // twenty roundings of float
    CHECK(g.abs().max().item<float>() == 0.0F);
  }
}

}  // namespace

TEST_CASE("the references of linear and its activations give PyTorch's values and gradients") {
  const std::vector<std::string> names{"x", "weight", "bias"};
  check_fixture("linear", names, [](const auto& t) { return reference::linear(t[0], t[1], t[2]); });
  const std::vector<std::pair<std::string, kernels::Activation>> kinds{
      {"gelu", kernels::Activation::kGelu},
      {"gelu_tanh", kernels::Activation::kGeluTanh},
      {"relu", kernels::Activation::kRelu}};
  for (const auto& [name, kind] : kinds) {
    check_fixture(name, names, [kind = kind](const auto& t) {
      return reference::linear_activation(t[0], t[1], t[2], kind);
    });
  }
}

TEST_CASE("the reference of attention gives PyTorch's values and gradients, sequence by sequence") {
  const kernels::Sequences sequences{{0, 1, 5, 8}};
  check_fixture("attention", {"qkv"}, [&](const auto& t) {
    return reference::attention(t[0], sequences, 2, kernels::Mask::kBidirectional, {});
  });
  check_fixture("attention_causal", {"qkv"}, [&](const auto& t) {
    return reference::attention(t[0], sequences, 2, kernels::Mask::kCausal, {});
  });
}

TEST_CASE("the reference of the norm gives PyTorch's values and gradients") {
  check_fixture("layer_norm", {"x", "residual", "gain", "shift"}, [](const auto& t) {
    return reference::dropout_add_norm(t[0], t[1], t[2], t[3], 1e-5, {});
  });
}

TEST_CASE("the reference of the embedding gives PyTorch's values and gradients") {
  const json& f = fixtures().at("embed");
  check_fixture("embed", {"words", "places", "kinds"}, [&](const auto& t) {
    return reference::embed(tensor(f.at("ids"), at::kLong), tensor(f.at("positions"), at::kLong),
                            tensor(f.at("segments"), at::kLong), t[0], t[1], t[2]);
  });
}

TEST_CASE("the reference of cross-entropy gives PyTorch's sum, with skipped rows and smoothing") {
  for (const auto& [name, smoothing] : std::vector<std::pair<std::string, double>>{
           {"cross_entropy", 0.0}, {"cross_entropy_smoothed", 0.1}}) {
    const at::Tensor targets = tensor(fixtures().at(name).at("targets"), at::kLong);
    check_fixture(name, {"logits"}, [&, smoothing = smoothing](const auto& t) {
      return reference::cross_entropy_sum(t[0], targets, smoothing);
    });
  }
}

TEST_CASE("AdamW follows PyTorch for twenty updates, decoupled and coupled") {
  check_trajectory("adamw", {.beta2 = 0.99, .epsilon = 1e-6F, .weight_decay = 0.02F});
  check_trajectory("adam_l2", {.beta2 = 0.99, .epsilon = 1e-6F, .l2 = 0.02F});
}

TEST_CASE("the factors of a mask are zero or the inverse of what is kept on average") {
  const at::Tensor factors = reference::dropout_factors({0.2F, 1, 2, 3}, 10, 50, 60);
  const at::Tensor kept = factors.ne(0);
  CHECK(factors.masked_select(kept).eq(1.25F).all().item<bool>());
  CHECK(kept.to(at::kDouble).mean().item<double>() ==
        Approx(0.8).margin(5 * 0.4 / std::sqrt(3000)));
  const at::Tensor later = reference::dropout_factors({0.2F, 1, 2, 3}, 11, 49, 60);
  CHECK(is_same(factors.narrow(0, 1, 49), later));  // rows are numbered from the first
}
