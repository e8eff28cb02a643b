#include "models/encoder/encoder_model.h"

#include <ATen/ops/tensor.h>

#include <nlohmann/json.hpp>

namespace finetune::models {
namespace {

/// Rows of the batch that hold the first token of each sequence. -> int64 [B]
at::Tensor first_tokens(const kernels::Sequences& sequences) {
  const auto num_sequences = static_cast<size_t>(sequences.count());
  return at::tensor(at::IntArrayRef(sequences.offsets.data(), num_sequences), at::kLong);
}

nn::SequenceHeadOptions head_options(const EncoderFamily& family, const EncoderConfig& config) {
  nn::SequenceHeadOptions options;
  options.width = config.hidden_size;
  options.num_labels = config.head.num_labels;
  options.pooling = family.pooling;
  options.drops_input = family.drops_head_input;
  options.dropout_probability = static_cast<float>(config.classifier_dropout);
  return options;
}

}  // namespace

nn::TransformerStackOptions encoder_stack_options(const EncoderConfig& config) {
  const auto dropout = static_cast<float>(config.hidden_dropout);
  nn::TransformerStackOptions options;
  options.embeddings.vocab_size = config.vocab_size;
  options.embeddings.num_positions = config.max_position_embeddings;
  options.embeddings.first_position = config.first_position;
  options.embeddings.num_segments = config.type_vocab_size;
  options.embeddings.width = config.embedding_size;
  options.embeddings.frozen_word = config.padding.value_or(-1);
  options.embeddings.norm_epsilon = config.layer_norm_eps;
  options.embeddings.dropout_probability = dropout;
  options.block.attention.width = config.hidden_size;
  options.block.attention.num_heads = config.num_attention_heads;
  options.block.attention.dropout_probability = static_cast<float>(config.attention_dropout);
  options.block.inner_width = config.intermediate_size;
  options.block.activation = config.hidden_act;
  options.block.norm_epsilon = config.layer_norm_eps;
  options.block.dropout_probability = dropout;
  options.block.drops_attention_output = config.drops_attention_output;
  options.num_layers = config.num_hidden_layers;
  return options;
}

EncoderClassifier::EncoderClassifier(const EncoderFamily& family, const nlohmann::json& source,
                                     const HeadOptions& head)
    : family_(family),
      config_(read_encoder_config(family.config, source, head)),
      root_(std::make_shared<torch::nn::Module>()) {
  nn::DropoutPlaces places;
  encoder_ = root_->register_module(
      "encoder", std::make_shared<nn::TransformerStack>(encoder_stack_options(config_), places));
  head_ = root_->register_module(
      "head", std::make_shared<nn::SequenceHead>(head_options(family, config_), places));
}

at::Tensor EncoderClassifier::logits(const nn::TokenBatch& batch, const nn::Pass& pass) {
  nn::StackInput input;
  input.rows = first_tokens(batch.sequences);
  return head_->forward(encoder_->forward(batch, pass, input), pass);  // [B, D] -> [B, C]
}

nlohmann::json EncoderClassifier::config() const {
  return export_encoder_config(family_.config, config_);
}

}  // namespace finetune::models
