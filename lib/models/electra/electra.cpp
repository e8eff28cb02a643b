#include "models/electra/electra.h"

#include <nlohmann/json.hpp>

#include "models/encoder/encoder_model.h"

namespace finetune::models {
namespace {

/// ElectraConfig's defaults are those of the small model.
EncoderConfig defaults() {
  EncoderConfig config;
  config.embedding_size = 128;
  config.hidden_size = 256;
  config.num_attention_heads = 4;
  config.intermediate_size = 1024;
  return config;
}

}  // namespace

const EncoderFamily& electra_family() {
  static const EncoderFamily family = [] {
    EncoderFamily electra;
    electra.config.architecture = "ElectraForSequenceClassification";
    electra.config.keys.embedding_size = "embedding_size";
    electra.config.defaults = defaults();
    electra.names.prefix = "electra.";
    electra.names.pooler = "classifier.dense";
    electra.names.classifier = "classifier.out_proj";
    electra.names.base_pooler = "";
    electra.names.token_head = {"generator_predictions.dense", "generator_predictions.LayerNorm",
                                "generator_lm_head.bias"};
    electra.pooling = kernels::Activation::kGelu;
    electra.drops_head_input = true;
    electra.token_head_activation = kernels::Activation::kGelu;
    return electra;
  }();
  return family;
}

std::unique_ptr<SequenceClassifier> make_electra_classifier(const nlohmann::json& config,
                                                            const HeadOptions& head) {
  return std::make_unique<EncoderClassifier>(electra_family(), config, head);
}

}  // namespace finetune::models
