#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>

#include "nn/layer_norm.h"
#include "nn/pass.h"

namespace finetune::nn {

enum class PositionKind {
  kLearned,
  kSinusoidal,  ///< fixed: sines of all frequencies, then cosines (Marian)
  kNone,
};

struct EmbeddingsOptions {
  int64_t vocab_size = 0;
  int64_t num_positions = 0;
  PositionKind positions = PositionKind::kLearned;
  int64_t first_position = 0;  ///< row of a sequence's first token (RoBERTa keeps rows before it)
  int64_t num_segments = 0;    ///< 0: no such table, the batch's segments are not read
  int64_t width = 0;
  double word_scale = 1.0;   ///< of the rows of `words`: sqrt(D) in the original Transformer
  int64_t frozen_word = -1;  ///< an id whose row learns nothing from being read (padding_idx)
  bool has_norm = true;
  double norm_epsilon = 1e-12;
  float dropout_probability = 0.0F;
};

/// dropout(LayerNorm(scale words[id] + positions[first_position + position] + segments[segment])),
/// Devlin et al. 2019; tables and norm as the options say.
///
/// Parameters: words [V, D] unless they are shared, positions [P, D] where they are learned,
/// segments [G, D] unless G is 0, norm.
/// Shapes: batch of N tokens -> [N, D].
/// Throws: InternalError for an id, position or segment outside its table, or index tensors whose
/// length is not that of the batch's sequences.
class Embeddings : public torch::nn::Module {
 public:
  /// `shared_words`, where defined, are the parameter of another module.
  Embeddings(const EmbeddingsOptions& options, DropoutPlaces& places,
             const at::Tensor& shared_words = {});

  at::Tensor forward(const TokenBatch& batch, const Pass& pass) const;

  const at::Tensor& words() const { return words_; }

 private:
  EmbeddingsOptions options_;
  at::Tensor words_;
  at::Tensor positions_;             ///< undefined without such a table
  at::Tensor segments_;              ///< undefined without such a table
  std::shared_ptr<LayerNorm> norm_;  ///< null without
  uint32_t dropout_place_;
};

}  // namespace finetune::nn
