#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

namespace finetune::test {

using Operation = std::function<at::Tensor(const std::vector<at::Tensor>&)>;

/// Normal random numbers, the same in every run.
at::Tensor random_tensor(at::IntArrayRef sizes, uint64_t seed, at::ScalarType type = at::kFloat);

/// Copies of `inputs` in `type` that ask for gradients; undefined ones stay so.
std::vector<at::Tensor> leaves(const std::vector<at::Tensor>& inputs,
                               at::ScalarType type = at::kFloat);

/// Output, then the gradient of each input (undefined where the input is) for a fixed random
/// gradient of the output.
std::vector<at::Tensor> run(const Operation& operation, std::vector<at::Tensor> inputs);

/// Largest |a - b| over the largest |b| or 1.
double difference(const at::Tensor& a, const at::Tensor& b);

bool is_same(const at::Tensor& a, const at::Tensor& b);  ///< to the bit

/// Fails unless the float `operation` agrees with `reference` in double, output and gradients.
void check_against(const Operation& operation, const Operation& reference,
                   const std::vector<at::Tensor>& inputs, double tolerance);

/// Runs `body` on a number of threads and restores the old number.
void with_threads(int count, const std::function<void()>& body);

}  // namespace finetune::test
