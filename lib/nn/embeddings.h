#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>

#include "nn/layer_norm.h"
#include "nn/pass.h"

namespace finetune::nn {

struct EmbeddingsOptions {
  int64_t vocab_size = 0;
  int64_t num_positions = 0;
  int64_t num_segments = 0;
  int64_t width = 0;
  double norm_epsilon = 1e-12;
  float dropout_probability = 0.0F;
};

/// dropout(LayerNorm(words[id] + positions[position] + segments[segment])), Devlin et al. 2019.
///
/// Parameters: words [V, D], positions [P, D], segments [S, D], norm.
/// Shapes: batch of N tokens -> [N, D].
/// Throws: InternalError for an id, position or segment outside its table, or index tensors whose
/// length is not that of the batch's sequences.
class Embeddings : public torch::nn::Module {
 public:
  Embeddings(const EmbeddingsOptions& options, DropoutPlaces& places);

  at::Tensor forward(const TokenBatch& batch, const Pass& pass) const;

 private:
  at::Tensor words_;
  at::Tensor positions_;
  at::Tensor segments_;
  std::shared_ptr<LayerNorm> norm_;
  float dropout_probability_;
  uint32_t dropout_place_;
};

}  // namespace finetune::nn
