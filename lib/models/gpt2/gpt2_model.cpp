#include "models/gpt2/gpt2_model.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/gpt2/gpt2_names.h"
#include "models/hf_config.h"
#include "models/stack_decoder.h"

namespace finetune::models {

nn::TransformerStackOptions gpt2_stack_options(const Gpt2Config& config) {
  nn::TransformerStackOptions options;
  options.embeddings.vocab_size = config.vocab_size;
  options.embeddings.num_positions = config.n_positions;
  options.embeddings.width = config.n_embd;
  options.embeddings.has_norm = false;
  options.embeddings.dropout_probability = static_cast<float>(config.embd_pdrop);
  nn::TransformerBlockOptions& block = options.block;
  block.attention.width = config.n_embd;
  block.attention.num_heads = config.n_head;
  block.attention.mask = kernels::Mask::kCausal;
  block.attention.dropout_probability = static_cast<float>(config.attn_pdrop);
  if (!config.scale_attn_weights) block.attention.scale = 1.0F;
  block.inner_width = config.n_inner;
  block.activation = config.activation_function;
  block.norm_place = nn::NormPlace::kBefore;
  block.norm_epsilon = config.layer_norm_epsilon;
  block.dropout_probability = static_cast<float>(config.resid_pdrop);
  options.num_layers = config.n_layer;
  options.has_final_norm = true;
  options.divides_scale_by_layer = config.scale_attn_by_inverse_layer_idx;
  return options;
}

namespace {

std::shared_ptr<nn::TransformerStack> add_decoder(torch::nn::Module& root,
                                                  const Gpt2Config& config) {
  nn::DropoutPlaces places;
  return root.register_module(
      "decoder", std::make_shared<nn::TransformerStack>(gpt2_stack_options(config), places));
}

/// The row of each sequence's last token that is not `pad`; the first row where all are. -> [B]
at::Tensor last_tokens(const nn::TokenBatch& batch, const std::optional<int64_t>& pad) {
  const at::Tensor ids = batch.token_ids.contiguous();
  const auto* id = ids.data_ptr<int64_t>();
  const std::vector<int64_t>& offsets = batch.sequences.offsets;
  std::vector<int64_t> rows;
  for (size_t b = 1; b < offsets.size(); ++b) {
    int64_t row = offsets[b] - 1;
    while (pad && row > offsets[b - 1] && id[row] == *pad) --row;
    rows.push_back(row);
  }
  return at::tensor(rows, at::kLong);
}

}  // namespace

Gpt2LanguageModel::Gpt2LanguageModel(const Gpt2Config& config)
    : config_(config),
      root_(std::make_shared<torch::nn::Module>()),
      decoder_(add_decoder(*root_, config)) {
  if (config.tie_word_embeddings) return;
  head_ = root_->register_parameter("head", at::empty({config.vocab_size, config.n_embd}));
}

at::Tensor Gpt2LanguageModel::hidden(const nn::TokenBatch& batch, const nn::Pass& pass,
                                     const at::Tensor& rows) {
  return decoder_->forward(batch, pass, {rows, nullptr, nullptr});  // [R, D]
}

VocabularyHead Gpt2LanguageModel::head() const {
  return {head_.defined() ? head_ : decoder_->words(), at::Tensor()};
}

std::unique_ptr<IncrementalDecoder> Gpt2LanguageModel::start_decoding() {
  return std::make_unique<StackDecoder>(*decoder_, StackDecoder::Parts{});
}

NameTable Gpt2LanguageModel::names() const { return gpt2_language_names(config_); }

nlohmann::json Gpt2LanguageModel::config() const {
  return export_gpt2_config(config_, "GPT2LMHeadModel");
}

Gpt2Classifier::Gpt2Classifier(const Gpt2Config& config, int64_t num_labels)
    : config_(config),
      num_labels_(num_labels),
      root_(std::make_shared<torch::nn::Module>()),
      decoder_(add_decoder(*root_, config)),
      score_(root_->register_module(
          "score", std::make_shared<nn::Linear>(config.n_embd, num_labels, /*has_bias=*/false))) {}

at::Tensor Gpt2Classifier::logits(const nn::TokenBatch& batch, const nn::Pass& pass) {
  const at::Tensor rows = last_tokens(batch, config_.ids.pad);
  return score_->forward(decoder_->forward(batch, pass, {rows, nullptr, nullptr}));  // [B, C]
}

NameTable Gpt2Classifier::names() const { return gpt2_classifier_names(config_); }

nlohmann::json Gpt2Classifier::config() const {
  nlohmann::json out = export_gpt2_config(config_, "GPT2ForSequenceClassification");
  fit_labels(out, num_labels_);
  return out;
}

std::unique_ptr<LanguageModel> make_gpt2_language_model(const nlohmann::json& config,
                                                        const GeneratorOptions& options) {
  return std::make_unique<Gpt2LanguageModel>(read_gpt2_config(config, options.dropout));
}

std::unique_ptr<SequenceClassifier> make_gpt2_classifier(const nlohmann::json& config,
                                                         const HeadOptions& head) {
  if (head.classifier_dropout.value_or(0.0) != 0.0) {
    throw ConfigError(
        "'model.classifier_dropout' is set, but GPT-2 has no dropout before its head");
  }
  return std::make_unique<Gpt2Classifier>(read_gpt2_config(config, head.dropout), head.num_labels);
}

}  // namespace finetune::models
