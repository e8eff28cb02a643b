#include "nn/token_head.h"

#include <ATen/ops/empty.h>

namespace finetune::nn {

TokenHead::TokenHead(const TokenHeadOptions& options)
    : dense_(register_module("dense",
                             std::make_shared<Linear>(options.width, options.embedding_width))),
      norm_(register_module(
          "norm", std::make_shared<LayerNorm>(options.embedding_width, options.norm_epsilon))),
      bias_(register_parameter("bias", at::empty({options.vocab_size}))),
      activation_(options.activation) {}

at::Tensor TokenHead::forward(const at::Tensor& x) const {
  return norm_->forward(dense_->forward(x, activation_), at::Tensor(), kernels::Dropout{});
}

}  // namespace finetune::nn
