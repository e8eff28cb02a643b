#include "nn/nn_test_support.h"

#include <ATen/ATen.h>

namespace finetune::test {

void randomize(torch::nn::Module& module) {
  const c10::NoGradGuard no_grad;
  at::manual_seed(3);
  for (auto& parameter : module.parameters()) parameter.copy_(at::randn(parameter.sizes()) * 0.3);
}

at::Tensor random_matrix(int64_t rows, int64_t columns) {
  at::manual_seed(5);
  return at::randn({rows, columns});
}

at::Tensor parameter(const torch::nn::Module& module, const std::string& name) {
  return module.named_parameters()[name];
}

std::vector<std::string> parameter_names(const torch::nn::Module& module) {
  return module.named_parameters().keys();
}

at::Tensor plain_linear(const torch::nn::Module& module, const std::string& name,
                        const at::Tensor& x) {
  return at::mm(x, parameter(module, name + "weight").t()) + parameter(module, name + "bias");
}

at::Tensor plain_norm(const torch::nn::Module& module, const std::string& name, const at::Tensor& x,
                      double epsilon) {
  const at::Tensor centred = x - x.mean(-1, true);
  const at::Tensor variance = centred.square().mean(-1, true);
  return centred / (variance + epsilon).sqrt() * parameter(module, name + "gain") +
         parameter(module, name + "shift");
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

}  // namespace finetune::test
