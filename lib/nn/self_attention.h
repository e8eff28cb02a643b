#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>
#include <optional>

#include "kernels/ops.h"
#include "nn/block_context.h"
#include "nn/linear.h"
#include "nn/pass.h"

namespace finetune::nn {

struct SelfAttentionOptions {
  int64_t width = 0;
  int64_t num_heads = 1;
  int64_t head_width = 0;  ///< 0: width / num_heads
  kernels::Mask mask = kernels::Mask::kBidirectional;
  float dropout_probability = 0.0F;  ///< on the attention probabilities
  bool has_bias = true;
  std::optional<float> scale;  ///< of the scores; 1 / sqrt(head width) where absent

  int64_t key_width() const { return head_width == 0 ? width : num_heads * head_width; }
};

/// Multi-head self-attention without its output projection, Vaswani et al. 2017, arXiv:1706.03762.
/// One matrix product makes queries, keys and values.
///
/// Parameters: qkv.weight [3HE, D] (queries, keys, values in blocks of HE rows) and qkv.bias [3HE];
/// E is D / H unless the heads have a width of their own.
/// Shapes: x [N, D] -> [N, HE], attending inside each sequence.
class SelfAttention : public torch::nn::Module {
 public:
  /// `shared`, where given, is the layer of another self-attention, used here as well.
  SelfAttention(const SelfAttentionOptions& options, DropoutPlaces& places,
                std::shared_ptr<Linear> shared = nullptr);

  at::Tensor forward(const at::Tensor& x, const kernels::Sequences& sequences,
                     const Pass& pass) const;
  /// The same with the context's relative bias and cache.
  at::Tensor forward(const at::Tensor& x, const BlockContext& context) const;

  const std::shared_ptr<Linear>& qkv() const { return qkv_; }

 private:
  SelfAttentionOptions options_;
  std::shared_ptr<Linear> qkv_;
  uint32_t dropout_place_;
};

}  // namespace finetune::nn
