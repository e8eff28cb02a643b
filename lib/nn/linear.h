#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include "kernels/ops.h"

namespace finetune::nn {

/// y = x W^T + b, optionally with an activation in the same kernel.
///
/// Parameters: weight [O, I], bias [O] unless it is made without; like all parameters of this room
/// they hold no value until they are initialised or loaded. Shapes: x [N, I] -> [N, O].
class Linear : public torch::nn::Module {
 public:
  Linear(int64_t num_inputs, int64_t num_outputs, bool has_bias = true);

  at::Tensor forward(const at::Tensor& x) const;
  at::Tensor forward(const at::Tensor& x, kernels::Activation activation) const;

 private:
  at::Tensor weight_;
  at::Tensor bias_;
};

}  // namespace finetune::nn
