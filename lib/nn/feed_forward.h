#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>

#include "kernels/ops.h"
#include "nn/linear.h"

namespace finetune::nn {

/// outer(activation(inner(x))), the position-wise network of Vaswani et al. 2017.
///
/// Parameters: inner (D -> F), outer (F -> D).
/// Shapes: x [N, D] -> [N, D].
class FeedForward : public torch::nn::Module {
 public:
  FeedForward(int64_t width, int64_t inner_width, kernels::Activation activation);

  at::Tensor forward(const at::Tensor& x) const;

 private:
  std::shared_ptr<Linear> inner_;
  std::shared_ptr<Linear> outer_;
  kernels::Activation activation_;
};

}  // namespace finetune::nn
