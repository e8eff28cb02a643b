#include "nn/self_attention.h"

namespace finetune::nn {

SelfAttention::SelfAttention(const SelfAttentionOptions& options, DropoutPlaces& places)
    : options_(options),
      qkv_(register_module("qkv", std::make_shared<Linear>(options.width, 3 * options.width))),
      dropout_place_(places.take()) {}

at::Tensor SelfAttention::forward(const at::Tensor& x, const kernels::Sequences& sequences,
                                  const Pass& pass) const {
  const at::Tensor qkv = qkv_->forward(x);  // [N, 3D]
  return kernels::attention(qkv, sequences, options_.num_heads, options_.mask,
                            pass.dropout(options_.dropout_probability, dropout_place_));
}

}  // namespace finetune::nn
