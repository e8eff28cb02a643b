#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>

#include "nn/feed_forward.h"
#include "nn/layer_norm.h"
#include "nn/pass.h"
#include "nn/self_attention.h"

namespace finetune::nn {

struct TransformerBlockOptions {
  SelfAttentionOptions attention;
  int64_t inner_width = 0;
  kernels::Activation activation = kernels::Activation::kGelu;
  double norm_epsilon = 1e-12;
  float dropout_probability = 0.0F;  ///< on the output of each sublayer
};

/// One transformer layer with the norms after the sublayers ("post-norm"), Vaswani et al. 2017:
///
///   y = LayerNorm(x + dropout(output(attention(x))))                     (1)
///   z = LayerNorm(y + dropout(feed_forward(y)))                          (2)
///
/// The sublayers know nothing of residuals and norms, which stand here alone: another order of
/// norms is another block over the same sublayers, cross-attention one more sublayer between them.
///
/// Parameters: attention, attention_output (D -> D), attention_norm, feed_forward, output_norm.
class TransformerBlock : public torch::nn::Module {
 public:
  TransformerBlock(const TransformerBlockOptions& options, DropoutPlaces& places);

  /// x [N, D] -> z [N, D]. With `rows` (int64 [R]) only these rows of z, [R, D]: every token is
  /// attended to, but what nobody reads afterwards is not computed.
  at::Tensor forward(const at::Tensor& x, const kernels::Sequences& sequences, const Pass& pass,
                     const at::Tensor& rows = {}) const;

 private:
  std::shared_ptr<SelfAttention> attention_;
  std::shared_ptr<Linear> attention_output_;
  std::shared_ptr<LayerNorm> attention_norm_;
  std::shared_ptr<FeedForward> feed_forward_;
  std::shared_ptr<LayerNorm> output_norm_;
  float dropout_probability_;
  uint32_t attention_place_;
  uint32_t output_place_;
};

}  // namespace finetune::nn
