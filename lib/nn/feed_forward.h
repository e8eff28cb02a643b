#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>

#include "kernels/ops.h"
#include "nn/linear.h"
#include "nn/pass.h"

namespace finetune::nn {

struct FeedForwardOptions {
  int64_t width = 0;
  int64_t inner_width = 0;
  kernels::Activation activation = kernels::Activation::kGelu;
  bool is_gated = false;
  bool has_bias = true;
  float dropout_probability = 0.0F;  ///< on what `outer` reads; its place is taken where not 0
};

/// outer(dropout(activation(inner(x)))), the position-wise network of Vaswani et al. 2017. A gated
/// one multiplies the activation by a second linear function of x, Shazeer 2020, arXiv:2002.05202.
///
/// Parameters: inner (D -> F, gated D -> 2F: what is activated, then its factor), outer (F -> D).
/// Shapes: x [N, D] -> [N, D].
class FeedForward : public torch::nn::Module {
 public:
  FeedForward(const FeedForwardOptions& options, DropoutPlaces& places);

  at::Tensor forward(const at::Tensor& x, const Pass& pass) const;

 private:
  FeedForwardOptions options_;
  std::shared_ptr<Linear> inner_;
  std::shared_ptr<Linear> outer_;
  uint32_t dropout_place_;
};

}  // namespace finetune::nn
