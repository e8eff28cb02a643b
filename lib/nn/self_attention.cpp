#include "nn/self_attention.h"

namespace finetune::nn {

SelfAttention::SelfAttention(const SelfAttentionOptions& options, DropoutPlaces& places,
                             std::shared_ptr<Linear> shared)
    : options_(options), qkv_(std::move(shared)), dropout_place_(places.take()) {
  if (qkv_) return;
  qkv_ = register_module(
      "qkv", std::make_shared<Linear>(options.width, 3 * options.key_width(), options.has_bias));
}

at::Tensor SelfAttention::forward(const at::Tensor& x, const kernels::Sequences& sequences,
                                  const Pass& pass) const {
  return forward(x, BlockContext(pass, sequences));
}

at::Tensor SelfAttention::forward(const at::Tensor& x, const BlockContext& context) const {
  kernels::AttentionOptions options;
  options.num_heads = options_.num_heads;
  options.mask = options_.mask;
  options.dropout = context.pass.dropout(options_.dropout_probability, dropout_place_);
  options.scale = options_.scale;
  options.bias = context.relative_bias;
  const at::Tensor qkv = qkv_->forward(x);  // [N, 3HE]
  if (context.cache != nullptr) {
    context.cache->store(context.layer, qkv);
    if (context.cache->is_stepping()) {
      return context.cache->attend(context.layer, qkv.narrow(1, 0, options_.key_width()), options);
    }
  }
  return kernels::attention(qkv, context.sequences, options);  // [N, HE]
}

}  // namespace finetune::nn
