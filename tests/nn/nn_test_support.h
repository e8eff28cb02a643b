#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>
#include <string>
#include <vector>

namespace finetune::test {

/// Gives every parameter values from N(0, 0.3^2) that depend on nothing but the module's shapes.
void randomize(torch::nn::Module& module);

/// A random [rows, columns] matrix, the same at every call.
at::Tensor random_matrix(int64_t rows, int64_t columns);

at::Tensor parameter(const torch::nn::Module& module, const std::string& name);

std::vector<std::string> parameter_names(const torch::nn::Module& module);

/// x W^T + b with the parameters `name`.weight and `name`.bias, in plain ATen.
at::Tensor plain_linear(const torch::nn::Module& module, const std::string& name,
                        const at::Tensor& x);

/// LayerNorm with the parameters `name`.gain and `name`.shift, in plain ATen.
at::Tensor plain_norm(const torch::nn::Module& module, const std::string& name, const at::Tensor& x,
                      double epsilon);

/// Largest absolute difference of two tensors of one shape.
double largest_difference(const at::Tensor& a, const at::Tensor& b);

}  // namespace finetune::test
