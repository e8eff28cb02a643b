#include "models/encoder_decoder/encoder_decoder_model.h"

#include <ATen/ops/zeros_like.h>

#include <nlohmann/json.hpp>

#include "models/encoder/encoder_model.h"
#include "models/encoder_decoder/encoder_decoder_names.h"
#include "models/gpt2/gpt2_model.h"
#include "models/stack_decoder.h"

namespace finetune::models {
namespace {

nn::TransformerStackOptions decoder_options(const DecoderConfig& config) {
  nn::TransformerStackOptions options = config.family != nullptr
                                            ? encoder_stack_options(config.bert)
                                            : gpt2_stack_options(config.gpt2);
  options.block.attention.mask = kernels::Mask::kCausal;
  options.block.has_cross_attention = true;
  return options;
}

nn::TokenHeadOptions token_head_options(const DecoderConfig& config) {
  nn::TokenHeadOptions options;
  options.width = config.bert.hidden_size;
  options.embedding_width = config.bert.embedding_size;
  options.vocab_size = config.bert.vocab_size;
  options.activation = config.family->token_head_activation.value_or(config.bert.hidden_act);
  options.norm_epsilon = config.bert.layer_norm_eps;
  return options;
}

std::shared_ptr<nn::TransformerStack> make_decoder(const EncoderDecoderConfig& config,
                                                   nn::DropoutPlaces& places,
                                                   const nn::TransformerStack& encoder) {
  const nn::TransformerStackOptions options = decoder_options(config.decoder);
  if (config.ties_stacks) return std::make_shared<nn::TransformerStack>(options, places, encoder);
  return std::make_shared<nn::TransformerStack>(options, places);
}

/// The encoder's pooler travels from file to file and is never trained.
void add_frozen_pooler(torch::nn::Module& root, int64_t width) {
  const auto pooler = root.register_module("pooler", std::make_shared<nn::Linear>(width, width));
  for (at::Tensor& parameter : pooler->parameters()) parameter.set_requires_grad(false);
}

nn::TokenBatch with_segments_of_zero(nn::TokenBatch batch) {
  batch.segments = at::zeros_like(batch.token_ids);
  return batch;
}

}  // namespace

EncoderDecoderModel::EncoderDecoderModel(const EncoderDecoderConfig& config)
    : config_(config), root_(std::make_shared<torch::nn::Module>()) {
  nn::DropoutPlaces places;
  encoder_ = root_->register_module("encoder", std::make_shared<nn::TransformerStack>(
                                                   encoder_stack_options(config.encoder), places));
  if (!config.encoder_family->names.base_pooler.empty()) {
    add_frozen_pooler(*root_, config.encoder.hidden_size);
  }
  decoder_ = root_->register_module("decoder", make_decoder(config, places, *encoder_));
  if (config.decoder.family != nullptr) {
    token_head_ = root_->register_module(
        "token_head", std::make_shared<nn::TokenHead>(token_head_options(config.decoder)));
  }
  if (config.encoder.hidden_size != config.decoder.width()) {
    source_projection_ = root_->register_module(
        "source_projection",
        std::make_shared<nn::Linear>(config.encoder.hidden_size, config.decoder.width()));
  }
}

EncodedSource EncoderDecoderModel::encode(const nn::TokenBatch& source, const nn::Pass& pass) {
  const at::Tensor states = encoder_->forward(
      source.segments.defined() ? source : with_segments_of_zero(source), pass);  // [N, D]
  return {source_projection_ ? source_projection_->forward(states) : states, source.sequences};
}

at::Tensor EncoderDecoderModel::decode(const nn::TokenBatch& target, const EncodedSource& source,
                                       const nn::Pass& pass, const at::Tensor& rows) {
  const at::Tensor states =
      decoder_->forward(with_segments_of_zero(target), pass, {rows, &source, nullptr});  // [R, D]
  return token_head_ ? token_head_->forward(states) : states;
}

VocabularyHead EncoderDecoderModel::head() const {
  return {decoder_->words(), token_head_ ? token_head_->bias() : at::Tensor()};
}

std::unique_ptr<IncrementalDecoder> EncoderDecoderModel::start_decoding(
    const EncodedSource& source) {
  StackDecoder::Parts parts{source, {}};
  if (token_head_) {
    parts.finish = [head = token_head_](const at::Tensor& states) { return head->forward(states); };
  }
  return std::make_unique<StackDecoder>(*decoder_, std::move(parts));
}

nlohmann::json EncoderDecoderModel::config() const {
  return export_encoder_decoder_config(config_);
}

NameTable EncoderDecoderModel::names() const { return encoder_decoder_names(config_); }

std::unique_ptr<Seq2SeqModel> make_encoder_decoder_model(const nlohmann::json& config,
                                                         const GeneratorOptions& options) {
  return std::make_unique<EncoderDecoderModel>(read_encoder_decoder_config(config, options));
}

}  // namespace finetune::models
