#include "models/bert/bert_model.h"

#include <ATen/ops/tensor.h>

#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "models/bert/bert_names.h"

namespace finetune::models {
namespace {

nn::EmbeddingsOptions embeddings_options(const BertConfig& config) {
  nn::EmbeddingsOptions options;
  options.vocab_size = config.vocab_size;
  options.num_positions = config.max_position_embeddings;
  options.num_segments = config.type_vocab_size;
  options.width = config.hidden_size;
  options.norm_epsilon = config.layer_norm_eps;
  options.dropout_probability = static_cast<float>(config.hidden_dropout);
  return options;
}

nn::TransformerBlockOptions block_options(const BertConfig& config) {
  nn::TransformerBlockOptions options;
  options.attention.width = config.hidden_size;
  options.attention.num_heads = config.num_attention_heads;
  options.attention.dropout_probability = static_cast<float>(config.attention_dropout);
  options.inner_width = config.intermediate_size;
  options.activation = config.hidden_act;
  options.norm_epsilon = config.layer_norm_eps;
  options.dropout_probability = static_cast<float>(config.hidden_dropout);
  return options;
}

/// Rows of the batch that hold the first token of each sequence. -> int64 [B]
at::Tensor first_tokens(const kernels::Sequences& sequences) {
  const auto num_sequences = static_cast<size_t>(sequences.count());
  return at::tensor(at::IntArrayRef(sequences.offsets.data(), num_sequences), at::kLong);
}

}  // namespace

BertEncoder::BertEncoder(const BertConfig& config, nn::DropoutPlaces& places)
    : embeddings_(register_module(
          "embeddings", std::make_shared<nn::Embeddings>(embeddings_options(config), places))) {
  for (int64_t i = 0; i < config.num_hidden_layers; ++i) {
    layers_.push_back(
        register_module(base::cat("layer_", i),
                        std::make_shared<nn::TransformerBlock>(block_options(config), places)));
  }
}

at::Tensor BertEncoder::embed(const nn::TokenBatch& batch, const nn::Pass& pass) const {
  return embeddings_->forward(batch, pass);
}

at::Tensor BertEncoder::forward(const nn::TokenBatch& batch, const nn::Pass& pass,
                                const at::Tensor& rows) const {
  at::Tensor x = embed(batch, pass);  // [N, D]
  for (size_t i = 0; i + 1 < layers_.size(); ++i) {
    x = layers_[i]->forward(x, batch.sequences, pass);  // [N, D]
  }
  return layers_.back()->forward(x, batch.sequences, pass, rows);  // [R, D]
}

BertClassifier::BertClassifier(const BertConfig& config)
    : config_(config), root_(std::make_shared<torch::nn::Module>()) {
  nn::DropoutPlaces places;
  encoder_ = root_->register_module("encoder", std::make_shared<BertEncoder>(config, places));
  nn::SequenceHeadOptions head;
  head.width = config.hidden_size;
  head.num_labels = config.head.num_labels;
  head.dropout_probability = static_cast<float>(config.classifier_dropout);
  head_ = root_->register_module("head", std::make_shared<nn::SequenceHead>(head, places));
}

at::Tensor BertClassifier::logits(const nn::TokenBatch& batch, const nn::Pass& pass) {
  const at::Tensor first = encoder_->forward(batch, pass, first_tokens(batch.sequences));  // [B, D]
  return head_->forward(first, pass);                                                      // [B, C]
}

NameTable BertClassifier::names() const { return bert_names(config_); }

nlohmann::json BertClassifier::config() const { return export_bert_config(config_); }

std::unique_ptr<SequenceClassifier> make_bert_classifier(const nlohmann::json& config,
                                                         const HeadOptions& head) {
  return std::make_unique<BertClassifier>(read_bert_config(config, head));
}

}  // namespace finetune::models
