#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>
#include <optional>
#include <vector>

#include "nn/embeddings.h"
#include "nn/relative_bias.h"
#include "nn/transformer_block.h"

namespace finetune::nn {

struct TransformerStackOptions {
  EmbeddingsOptions embeddings;
  TransformerBlockOptions block;
  int64_t num_layers = 1;
  bool has_final_norm = false;              ///< of the block's kind
  bool divides_scale_by_layer = false;      ///< scores of layer n are divided by n + 1, too
  std::optional<RelativeBiasOptions> bias;  ///< of the scores of self-attention, one for all layers
  float final_dropout_probability = 0.0F;   ///< its place is taken where not 0
};

/// What a stack may read and give beside its batch.
struct StackInput {
  at::Tensor rows;                 ///< int64 [R], the only rows asked for; all where undefined
  const Source* source = nullptr;  ///< of cross-attention
  DecoderCache* cache = nullptr;   ///< decoding token by token
};

/// Embeddings, layers and a final norm where it has one: an encoder or a decoder of any family.
/// Embeddings of another width than the layers' are projected to it.
///
/// Parameters: embeddings, projection, layer_0, layer_1, ..., final_norm, relative_bias.
class TransformerStack : public torch::nn::Module {
 public:
  /// `shared_words`, where defined, are the word embeddings of another module.
  TransformerStack(const TransformerStackOptions& options, DropoutPlaces& places,
                   const at::Tensor& shared_words = {});

  /// A stack that uses all layers of `twin`, cross-attention apart, which it has for itself: an
  /// encoder and a decoder that share their weights (Rothe et al. 2020, arXiv:1907.12461).
  TransformerStack(const TransformerStackOptions& options, DropoutPlaces& places,
                   const TransformerStack& twin);

  /// The last states, [N, D]; with rows only those, [R, D].
  at::Tensor forward(const TokenBatch& batch, const Pass& pass, const StackInput& input = {}) const;

  /// What the first layer reads. -> [N, D]
  at::Tensor embed(const TokenBatch& batch, const Pass& pass) const;

  const at::Tensor& words() const { return embeddings_->words(); }
  int64_t key_width() const { return key_width_; }
  size_t num_layers() const { return layers_.size(); }

 private:
  void add_layers(const TransformerStackOptions& options, DropoutPlaces& places,
                  const TransformerStack* twin);

  std::shared_ptr<Embeddings> embeddings_;
  std::shared_ptr<Linear> projection_;  ///< null without
  std::vector<std::shared_ptr<TransformerBlock>> layers_;
  std::shared_ptr<LayerNorm> final_norm_;        ///< null without
  std::shared_ptr<RelativeBias> relative_bias_;  ///< null without
  int64_t key_width_;
  float final_dropout_probability_;
  uint32_t final_place_;
};

}  // namespace finetune::nn
