#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>

#include "nn/block_context.h"
#include "nn/cross_attention.h"
#include "nn/feed_forward.h"
#include "nn/layer_norm.h"
#include "nn/pass.h"
#include "nn/self_attention.h"

namespace finetune::nn {

enum class NormPlace {
  kAfter,   ///< of each sublayer's sum: the original Transformer, BERT, BART
  kBefore,  ///< of what each sublayer reads: GPT-2, mBART, T5
};

struct TransformerBlockOptions {
  SelfAttentionOptions attention;
  bool has_cross_attention = false;  ///< like self-attention, without its mask
  int64_t inner_width = 0;
  kernels::Activation activation = kernels::Activation::kGelu;
  bool is_gated = false;
  bool has_bias = true;  ///< of the linear layers but those of `attention`
  NormPlace norm_place = NormPlace::kAfter;
  NormKind norm_kind = NormKind::kLayer;
  double norm_epsilon = 1e-12;
  float dropout_probability = 0.0F;        ///< on the output of each sublayer
  bool drops_attention_output = true;      ///< self-attention's too (DistilBERT: not)
  float inner_dropout_probability = 0.0F;  ///< behind the activation
};

/// States on their way from block to block: x + dropout(update). The sum is left to the norm that
/// comes next, which does both at once.
struct Residual {
  at::Tensor x;       ///< [N, D]
  at::Tensor update;  ///< [N, D], undefined: none
  kernels::Dropout dropout;

  at::Tensor sum() const;
};

/// One transformer layer: self-attention, cross-attention where it has one, feed-forward network,
/// each a sublayer s with a residual. With the norms after them (Vaswani et al. 2017)
///
///   y = norm(x + dropout(s(x)))                                          (1)
///
/// and with the norms before them (Xiong et al. 2020, arXiv:2002.04745)
///
///   y = x + dropout(s(norm(x)))                                          (2)
///
/// Parameters: attention, attention_output (K -> D), attention_norm; cross_attention, cross_output,
/// cross_norm where it has them; feed_forward, output_norm.
class TransformerBlock : public torch::nn::Module {
 public:
  /// `twin`, where given, is a block whose layers this one uses as well, cross-attention apart,
  /// which it has for itself: such layers are the twin's parameters only.
  TransformerBlock(const TransformerBlockOptions& options, DropoutPlaces& places,
                   const TransformerBlock* twin = nullptr);

  Residual forward(const Residual& state, const BlockContext& context) const;

  /// x [N, D] -> [N, D] alone. With `rows` (int64 [R]) only these rows, [R, D]: every token is
  /// attended to, but what nobody reads afterwards is not computed.
  at::Tensor forward(const at::Tensor& x, const kernels::Sequences& sequences, const Pass& pass,
                     const at::Tensor& rows = {}) const;

 private:
  Residual forward_norms_after(const at::Tensor& x, const BlockContext& context) const;
  Residual forward_norms_before(const Residual& state, const BlockContext& context) const;

  kernels::Dropout attention_dropout(const Pass& pass) const;

  NormPlace norm_place_;
  std::shared_ptr<SelfAttention> attention_;
  std::shared_ptr<Linear> attention_output_;
  std::shared_ptr<LayerNorm> attention_norm_;
  std::shared_ptr<CrossAttention> cross_attention_;
  std::shared_ptr<Linear> cross_output_;
  std::shared_ptr<LayerNorm> cross_norm_;
  std::shared_ptr<FeedForward> feed_forward_;
  std::shared_ptr<LayerNorm> output_norm_;
  float dropout_probability_;
  bool drops_attention_output_;
  uint32_t attention_place_;
  uint32_t cross_place_ = 0;
  uint32_t output_place_;
};

}  // namespace finetune::nn
