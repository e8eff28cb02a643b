#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include "kernels/dropout.h"

namespace finetune::nn {

/// The end of a sublayer: LayerNorm(residual + dropout(x)), Ba et al. 2016, arXiv:1607.06450.
///
/// Parameters: gain [D], shift [D].
/// Shapes: x, residual [N, D] -> [N, D]; an undefined residual counts as zero.
class LayerNorm : public torch::nn::Module {
 public:
  LayerNorm(int64_t width, double epsilon);

  at::Tensor forward(const at::Tensor& x, const at::Tensor& residual,
                     const kernels::Dropout& dropout) const;

 private:
  at::Tensor gain_;
  at::Tensor shift_;
  double epsilon_;
};

}  // namespace finetune::nn
