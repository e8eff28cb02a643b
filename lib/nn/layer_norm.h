#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include "kernels/dropout.h"
#include "kernels/ops.h"

namespace finetune::nn {

enum class NormKind {
  kLayer,
  kRms,  ///< no mean is taken off and nothing added: T5's norm
};

/// The norm beside a sublayer, over residual + dropout(x): layer norm, Ba et al. 2016,
/// arXiv:1607.06450, or RMS norm, Zhang and Sennrich 2019, arXiv:1910.07467.
///
/// Parameters: gain [D], shift [D] (layer norm only).
/// Shapes: x, residual [N, D] -> [N, D]; an undefined residual counts as zero.
class LayerNorm : public torch::nn::Module {
 public:
  LayerNorm(int64_t width, double epsilon, NormKind kind = NormKind::kLayer);

  at::Tensor forward(const at::Tensor& x, const at::Tensor& residual,
                     const kernels::Dropout& dropout) const;

  /// The same with the sum itself, for a sublayer behind the norm.
  kernels::SumAndNorm forward_with_sum(const at::Tensor& x, const at::Tensor& residual,
                                       const kernels::Dropout& dropout) const;

 private:
  at::Tensor gain_;
  at::Tensor shift_;  ///< undefined for RMS norm
  double epsilon_;
};

}  // namespace finetune::nn
