#include "nn/cross_attention.h"

#include "base/error.h"

namespace finetune::nn {

CrossAttention::CrossAttention(const SelfAttentionOptions& options, DropoutPlaces& places)
    : options_(options),
      q_(register_module(
          "q", std::make_shared<Linear>(options.width, options.key_width(), options.has_bias))),
      kv_(register_module("kv", std::make_shared<Linear>(options.width, 2 * options.key_width(),
                                                         options.has_bias))),
      dropout_place_(places.take()) {}

at::Tensor CrossAttention::forward(const at::Tensor& x, const BlockContext& context) const {
  if (context.source == nullptr) throw InternalError("cross-attention without a source");
  kernels::AttentionOptions options;
  options.num_heads = options_.num_heads;
  options.dropout = context.pass.dropout(options_.dropout_probability, dropout_place_);
  options.scale = options_.scale;
  const at::Tensor q = q_->forward(x);                                     // [N, HE]
  const auto make = [&] { return kv_->forward(context.source->states); };  // [M, 2HE]
  if (context.cache == nullptr) {
    return kernels::cross_attention(q, make(), context.sequences, context.source->sequences,
                                    options);
  }
  const at::Tensor& kv = context.cache->source_kv(context.layer, make);
  if (context.cache->is_stepping()) return context.cache->attend_source(context.layer, q, options);
  return kernels::cross_attention(q, kv, context.sequences, context.source->sequences, options);
}

}  // namespace finetune::nn
