#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>

#include "kernels/ops.h"
#include "nn/linear.h"
#include "nn/pass.h"

namespace finetune::nn {

struct SelfAttentionOptions {
  int64_t width = 0;
  int64_t num_heads = 1;
  kernels::Mask mask = kernels::Mask::kBidirectional;
  float dropout_probability = 0.0F;  ///< on the attention probabilities
};

/// Multi-head self-attention without its output projection, Vaswani et al. 2017, arXiv:1706.03762.
/// One matrix product makes queries, keys and values.
///
/// Parameters: qkv.weight [3D, D] (queries, keys, values in blocks of D rows), qkv.bias [3D].
/// Shapes: x [N, D] -> [N, D], attending inside each sequence.
class SelfAttention : public torch::nn::Module {
 public:
  SelfAttention(const SelfAttentionOptions& options, DropoutPlaces& places);

  at::Tensor forward(const at::Tensor& x, const kernels::Sequences& sequences,
                     const Pass& pass) const;

 private:
  SelfAttentionOptions options_;
  std::shared_ptr<Linear> qkv_;
  uint32_t dropout_place_;
};

}  // namespace finetune::nn
