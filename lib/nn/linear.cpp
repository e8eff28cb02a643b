#include "nn/linear.h"

#include <ATen/ops/empty.h>

namespace finetune::nn {

Linear::Linear(int64_t num_inputs, int64_t num_outputs, bool has_bias)
    : weight_(register_parameter("weight", at::empty({num_outputs, num_inputs}))) {
  if (has_bias) bias_ = register_parameter("bias", at::empty({num_outputs}));
}

at::Tensor Linear::forward(const at::Tensor& x) const { return kernels::linear(x, weight_, bias_); }

at::Tensor Linear::forward(const at::Tensor& x, kernels::Activation activation) const {
  return kernels::linear_activation(x, weight_, bias_, activation);
}

}  // namespace finetune::nn
