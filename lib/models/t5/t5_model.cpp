#include "models/t5/t5_model.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "models/stack_decoder.h"
#include "models/t5/t5_names.h"

namespace finetune::models {
namespace {

constexpr int64_t kNoLimit = int64_t{1} << 40;  // positions are distances: there is no table to end

nn::TransformerBlockOptions block_options(const T5Config& config, bool is_decoder) {
  const auto dropout = static_cast<float>(config.dropout);
  nn::TransformerBlockOptions options;
  options.attention.width = config.d_model;
  options.attention.num_heads = config.num_heads;
  options.attention.head_width = config.d_kv;
  options.attention.mask = is_decoder ? kernels::Mask::kCausal : kernels::Mask::kBidirectional;
  options.attention.dropout_probability = dropout;
  options.attention.has_bias = false;
  options.attention.scale = 1.0F;
  options.has_cross_attention = is_decoder;
  options.inner_width = config.d_ff;
  options.activation = config.activation;
  options.is_gated = config.is_gated;
  options.has_bias = false;
  options.norm_place = nn::NormPlace::kBefore;
  options.norm_kind = nn::NormKind::kRms;
  options.norm_epsilon = config.layer_norm_epsilon;
  options.dropout_probability = dropout;
  options.inner_dropout_probability = dropout;
  return options;
}

nn::TransformerStackOptions stack_options(const T5Config& config, bool is_decoder) {
  const auto dropout = static_cast<float>(config.dropout);
  nn::TransformerStackOptions options;
  options.embeddings.vocab_size = config.vocab_size;
  options.embeddings.positions = nn::PositionKind::kNone;
  options.embeddings.width = config.d_model;
  options.embeddings.has_norm = false;
  options.embeddings.dropout_probability = dropout;
  options.block = block_options(config, is_decoder);
  options.num_layers = is_decoder ? config.num_decoder_layers : config.num_layers;
  options.has_final_norm = true;
  nn::RelativeBiasOptions bias;
  bias.num_heads = config.num_heads;
  bias.num_buckets = config.relative_attention_num_buckets;
  bias.max_distance = config.relative_attention_max_distance;
  bias.is_bidirectional = !is_decoder;
  options.bias = bias;
  options.final_dropout_probability = dropout;
  return options;
}

}  // namespace

T5Model::T5Model(const T5Config& config)
    : config_(config), root_(std::make_shared<torch::nn::Module>()) {
  nn::DropoutPlaces places;
  const at::Tensor words =
      root_->register_parameter("words", at::empty({config.vocab_size, config.d_model}));
  encoder_ = root_->register_module("encoder", std::make_shared<nn::TransformerStack>(
                                                   stack_options(config, false), places, words));
  decoder_ = root_->register_module("decoder", std::make_shared<nn::TransformerStack>(
                                                   stack_options(config, true), places, words));
  head_ = config.tie_word_embeddings
              ? words
              : root_->register_parameter("head", at::empty({config.vocab_size, config.d_model}));
}

int64_t T5Model::max_length() const { return kNoLimit; }

EncodedSource T5Model::encode(const nn::TokenBatch& source, const nn::Pass& pass) {
  return {encoder_->forward(source, pass), source.sequences};  // [N, D]
}

at::Tensor T5Model::decode(const nn::TokenBatch& target, const EncodedSource& source,
                           const nn::Pass& pass, const at::Tensor& rows) {
  return scaled(decoder_->forward(target, pass, {rows, &source, nullptr}));  // [R, D]
}

at::Tensor T5Model::scaled(const at::Tensor& states) const {
  if (!config_.tie_word_embeddings) return states;
  return states * (1.0 / std::sqrt(static_cast<double>(config_.d_model)));
}

std::unique_ptr<IncrementalDecoder> T5Model::start_decoding(const EncodedSource& source) {
  const auto finish = [this](const at::Tensor& states) { return scaled(states); };
  return std::make_unique<StackDecoder>(*decoder_, StackDecoder::Parts{source, finish});
}

nlohmann::json T5Model::config() const { return export_t5_config(config_); }

NameTable T5Model::names() const { return t5_names(config_); }

std::unique_ptr<Seq2SeqModel> make_t5_model(const nlohmann::json& config,
                                            const GeneratorOptions& options) {
  return std::make_unique<T5Model>(read_t5_config(config, options));
}

}  // namespace finetune::models
