#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>

#include "nn/layer_norm.h"
#include "nn/linear.h"

namespace finetune::nn {

struct TokenHeadOptions {
  int64_t width = 0;            ///< D, of the states
  int64_t embedding_width = 0;  ///< W, of the word embeddings
  int64_t vocab_size = 0;
  kernels::Activation activation = kernels::Activation::kGelu;
  double norm_epsilon = 1e-12;
};

/// What stands between the states of a masked language model and its word embeddings, Devlin et
/// al. 2019: scores = words LayerNorm(activation(dense(x))) + bias.
///
/// Parameters: dense (D -> W), norm, bias [V].
/// Shapes: x [N, D] -> [N, W]; the product with the words and the bias are the caller's.
class TokenHead : public torch::nn::Module {
 public:
  explicit TokenHead(const TokenHeadOptions& options);

  at::Tensor forward(const at::Tensor& x) const;
  const at::Tensor& bias() const { return bias_; }

 private:
  std::shared_ptr<Linear> dense_;
  std::shared_ptr<LayerNorm> norm_;
  at::Tensor bias_;
  kernels::Activation activation_;
};

}  // namespace finetune::nn
