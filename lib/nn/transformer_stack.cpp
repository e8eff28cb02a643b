#include "nn/transformer_stack.h"

#include <algorithm>
#include <cmath>

#include "base/strings.h"

namespace finetune::nn {
namespace {

TransformerBlockOptions block_options(const TransformerStackOptions& options, int64_t layer) {
  TransformerBlockOptions block = options.block;
  if (!options.divides_scale_by_layer) return block;
  SelfAttentionOptions& attention = block.attention;
  const int64_t width = attention.key_width() / attention.num_heads;  // of a head
  const auto head_width = static_cast<float>(width);
  attention.scale =
      attention.scale.value_or(1.0F / std::sqrt(head_width)) / static_cast<float>(layer + 1);
  return block;
}

int64_t longest(const kernels::Sequences& sequences) {
  int64_t length = 0;
  for (size_t b = 1; b < sequences.offsets.size(); ++b) {
    length = std::max(length, sequences.offsets[b] - sequences.offsets[b - 1]);
  }
  return length;
}

/// The norm of a sum that is still to be taken.
at::Tensor normed(const LayerNorm& norm, const Residual& state) {
  if (!state.update.defined()) return norm.forward(state.x, at::Tensor(), kernels::Dropout{});
  return norm.forward(state.update, state.x, state.dropout);
}

}  // namespace

TransformerStack::TransformerStack(const TransformerStackOptions& options, DropoutPlaces& places,
                                   const at::Tensor& shared_words)
    : embeddings_(register_module(
          "embeddings", std::make_shared<Embeddings>(options.embeddings, places, shared_words))),
      key_width_(options.block.attention.key_width()),
      final_dropout_probability_(options.final_dropout_probability) {
  if (options.embeddings.width != options.block.attention.width) {
    projection_ = register_module(
        "projection",
        std::make_shared<Linear>(options.embeddings.width, options.block.attention.width));
  }
  add_layers(options, places, nullptr);
  if (options.has_final_norm) {
    final_norm_ =
        register_module("final_norm", std::make_shared<LayerNorm>(options.block.attention.width,
                                                                  options.block.norm_epsilon,
                                                                  options.block.norm_kind));
  }
  if (options.bias) {
    relative_bias_ =
        register_module("relative_bias", std::make_shared<RelativeBias>(*options.bias));
  }
  final_place_ = final_dropout_probability_ > 0.0F ? places.take() : 0;
}

TransformerStack::TransformerStack(const TransformerStackOptions& options, DropoutPlaces& places,
                                   const TransformerStack& twin)
    : embeddings_(twin.embeddings_),
      projection_(twin.projection_),
      final_norm_(twin.final_norm_),
      relative_bias_(twin.relative_bias_),
      key_width_(twin.key_width_),
      final_dropout_probability_(options.final_dropout_probability) {
  add_layers(options, places, &twin);
  final_place_ = final_dropout_probability_ > 0.0F ? places.take() : 0;
}

void TransformerStack::add_layers(const TransformerStackOptions& options, DropoutPlaces& places,
                                  const TransformerStack* twin) {
  for (int64_t i = 0; i < options.num_layers; ++i) {
    const auto* block = twin ? twin->layers_.at(static_cast<size_t>(i)).get() : nullptr;
    layers_.push_back(register_module(
        base::cat("layer_", i),
        std::make_shared<TransformerBlock>(block_options(options, i), places, block)));
  }
}

at::Tensor TransformerStack::embed(const TokenBatch& batch, const Pass& pass) const {
  const at::Tensor embedded = embeddings_->forward(batch, pass);
  return projection_ ? projection_->forward(embedded) : embedded;
}

at::Tensor TransformerStack::forward(const TokenBatch& batch, const Pass& pass,
                                     const StackInput& input) const {
  BlockContext context(pass, batch.sequences);
  context.source = input.source;
  context.cache = input.cache;
  if (relative_bias_) {
    const bool is_stepping = input.cache != nullptr && input.cache->is_stepping();
    context.relative_bias =
        relative_bias_->forward(is_stepping ? input.cache->longest() : longest(batch.sequences));
  }
  Residual state{embed(batch, pass), at::Tensor(), {}};  // [N, D]
  for (size_t i = 0; i < layers_.size(); ++i) {
    context.layer = i;
    if (i + 1 == layers_.size()) context.rows = input.rows;
    state = layers_[i]->forward(state, context);  // [N, D], the last one [R, D]
  }
  const at::Tensor last = final_norm_ ? normed(*final_norm_, state) : state.sum();  // [R, D]
  return kernels::dropout(last, pass.dropout(final_dropout_probability_, final_place_));
}

}  // namespace finetune::nn
