#include "nn/layer_norm.h"

#include <ATen/ops/empty.h>

namespace finetune::nn {

LayerNorm::LayerNorm(int64_t width, double epsilon, NormKind kind)
    : gain_(register_parameter("gain", at::empty({width}))), epsilon_(epsilon) {
  if (kind == NormKind::kLayer) shift_ = register_parameter("shift", at::empty({width}));
}

at::Tensor LayerNorm::forward(const at::Tensor& x, const at::Tensor& residual,
                              const kernels::Dropout& dropout) const {
  return kernels::dropout_add_norm(x, residual, gain_, shift_, epsilon_, dropout);
}

kernels::SumAndNorm LayerNorm::forward_with_sum(const at::Tensor& x, const at::Tensor& residual,
                                                const kernels::Dropout& dropout) const {
  return kernels::dropout_add_then_norm(x, residual, gain_, shift_, epsilon_, dropout);
}

}  // namespace finetune::nn
