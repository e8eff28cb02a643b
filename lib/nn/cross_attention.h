#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>

#include "nn/self_attention.h"

namespace finetune::nn {

/// Multi-head attention of a decoder to the source, without its output projection, Vaswani et
/// al. 2017. One matrix product makes keys and values of all source tokens.
///
/// Parameters: q.weight [HE, D], q.bias [HE]; kv.weight [2HE, D] (keys, values in blocks of HE
/// rows), kv.bias [2HE].
/// Shapes: x [N, D] -> [N, HE], sequence b attending to sequence b of the source.
class CrossAttention : public torch::nn::Module {
 public:
  /// The mask of `options` is not read.
  CrossAttention(const SelfAttentionOptions& options, DropoutPlaces& places);

  /// Throws InternalError where the context has no source.
  at::Tensor forward(const at::Tensor& x, const BlockContext& context) const;

 private:
  SelfAttentionOptions options_;
  std::shared_ptr<Linear> q_;
  std::shared_ptr<Linear> kv_;
  uint32_t dropout_place_;
};

}  // namespace finetune::nn
