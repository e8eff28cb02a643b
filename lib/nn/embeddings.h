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
  int64_t first_position = 0;  ///< row of a sequence's first token (RoBERTa keeps rows before it)
  int64_t num_segments = 0;    ///< 0: no such table, the batch's segments are not read
  int64_t width = 0;
  double norm_epsilon = 1e-12;
  float dropout_probability = 0.0F;
};

/// dropout(LayerNorm(words[id] + positions[first_position + position] + segments[segment])),
/// Devlin et al. 2019.
///
/// Parameters: words [V, D], positions [P, D], segments [S, D] unless S is 0, norm.
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
  at::Tensor segments_;  ///< undefined without such a table
  std::shared_ptr<LayerNorm> norm_;
  int64_t first_position_;
  float dropout_probability_;
  uint32_t dropout_place_;
};

}  // namespace finetune::nn
