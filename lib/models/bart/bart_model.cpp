#include "models/bart/bart_model.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "models/bart/bart_names.h"
#include "models/stack_decoder.h"

namespace finetune::models {
namespace {

nn::TransformerStackOptions stack_options(const BartConfig& config, const BartStackConfig& stack) {
  const bool has_sinusoids = config.family->has_sinusoids;
  nn::TransformerStackOptions options;
  nn::EmbeddingsOptions& embeddings = options.embeddings;
  embeddings.positions = has_sinusoids ? nn::PositionKind::kSinusoidal : nn::PositionKind::kLearned;
  embeddings.first_position = has_sinusoids ? 0 : 2;
  embeddings.num_positions = config.max_position_embeddings + embeddings.first_position;
  embeddings.vocab_size = config.vocab_size;
  embeddings.width = config.d_model;
  if (config.scale_embedding) {
    embeddings.word_scale = std::sqrt(static_cast<double>(config.d_model));
  }
  embeddings.frozen_word = *config.ids.pad;
  embeddings.has_norm = config.family->has_embedding_norm;
  embeddings.norm_epsilon = 1e-5;
  embeddings.dropout_probability = static_cast<float>(config.dropout);
  nn::TransformerBlockOptions& block = options.block;
  block.attention.width = config.d_model;
  block.attention.num_heads = stack.attention_heads;
  block.attention.dropout_probability = static_cast<float>(config.attention_dropout);
  block.inner_width = stack.ffn_dim;
  block.activation = config.activation_function;
  block.norm_place = config.family->norms_before ? nn::NormPlace::kBefore : nn::NormPlace::kAfter;
  block.norm_epsilon = 1e-5;
  block.dropout_probability = static_cast<float>(config.dropout);
  block.inner_dropout_probability = static_cast<float>(config.activation_dropout);
  options.num_layers = stack.layers;
  options.has_final_norm = config.family->norms_before;
  return options;
}

nn::TransformerStackOptions decoder_options(const BartConfig& config) {
  nn::TransformerStackOptions options = stack_options(config, config.decoder);
  options.block.attention.mask = kernels::Mask::kCausal;
  options.block.has_cross_attention = true;
  return options;
}

SpecialIds ids(int64_t bos, int64_t pad, int64_t eos) {
  SpecialIds out;
  out.bos = bos;
  out.pad = pad;
  out.eos = {eos};
  out.forced_eos = eos;
  return out;
}

SpecialIds with_start(SpecialIds ids, int64_t start) {
  ids.decoder_start = start;
  return ids;
}

const BartFamily& bart() {
  static const BartFamily family{"BartForConditionalGeneration", false, true, false, false, 50265,
                                 with_start(ids(0, 1, 2), 2)};
  return family;
}

const BartFamily& mbart() {
  static const BartFamily family{
      "MBartForConditionalGeneration", true, true, false, false, 50265, ids(0, 1, 2)};
  return family;
}

const BartFamily& marian() {
  static const BartFamily family = [] {
    BartFamily out{
        "MarianMTModel", false, false, true, true, 58101, with_start(ids(0, 58100, 0), 58100)};
    out.ids.bos.reset();
    return out;
  }();
  return family;
}

std::unique_ptr<Seq2SeqModel> make(const BartFamily& family, const nlohmann::json& config,
                                   const GeneratorOptions& options) {
  return std::make_unique<BartModel>(read_bart_config(family, config, options.dropout));
}

}  // namespace

BartModel::BartModel(const BartConfig& config)
    : config_(config), root_(std::make_shared<torch::nn::Module>()) {
  nn::DropoutPlaces places;
  at::Tensor shared;
  if (config.shares_embeddings) {
    shared = root_->register_parameter("shared", at::empty({config.vocab_size, config.d_model}));
  }
  encoder_ =
      root_->register_module("encoder", std::make_shared<nn::TransformerStack>(
                                            stack_options(config, config.encoder), places, shared));
  decoder_ = root_->register_module(
      "decoder", std::make_shared<nn::TransformerStack>(decoder_options(config), places, shared));
  if (!config.tie_word_embeddings) {
    head_ = root_->register_parameter("head", at::empty({config.vocab_size, config.d_model}));
  }
  final_logits_bias_ =
      root_->register_buffer("final_logits_bias", at::zeros({1, config.vocab_size}));
}

EncodedSource BartModel::encode(const nn::TokenBatch& source, const nn::Pass& pass) {
  return {encoder_->forward(source, pass), source.sequences};  // [N, D]
}

at::Tensor BartModel::decode(const nn::TokenBatch& target, const EncodedSource& source,
                             const nn::Pass& pass, const at::Tensor& rows) {
  return decoder_->forward(target, pass, {rows, &source, nullptr});  // [R, D]
}

VocabularyHead BartModel::head() const {
  return {head_.defined() ? head_ : decoder_->words(), final_logits_bias_.view(-1)};
}

std::unique_ptr<IncrementalDecoder> BartModel::start_decoding(const EncodedSource& source) {
  return std::make_unique<StackDecoder>(*decoder_, StackDecoder::Parts{source, {}});
}

NameTable BartModel::names() const { return bart_names(config_); }

nlohmann::json BartModel::config() const { return export_bart_config(config_); }

std::unique_ptr<Seq2SeqModel> make_bart_model(const nlohmann::json& config,
                                              const GeneratorOptions& options) {
  return make(bart(), config, options);
}

std::unique_ptr<Seq2SeqModel> make_mbart_model(const nlohmann::json& config,
                                               const GeneratorOptions& options) {
  return make(mbart(), config, options);
}

std::unique_ptr<Seq2SeqModel> make_marian_model(const nlohmann::json& config,
                                                const GeneratorOptions& options) {
  return make(marian(), config, options);
}

}  // namespace finetune::models
