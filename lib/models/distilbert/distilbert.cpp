#include "models/distilbert/distilbert.h"

#include <nlohmann/json.hpp>

#include "models/encoder/encoder_model.h"

namespace finetune::models {
namespace {

EncoderKeys keys() {
  EncoderKeys keys;
  keys.hidden_size = "dim";
  keys.num_hidden_layers = "n_layers";
  keys.num_attention_heads = "n_heads";
  keys.intermediate_size = "hidden_dim";
  keys.type_vocab_size = nullptr;
  keys.hidden_act = "activation";
  keys.hidden_dropout = "dropout";
  keys.attention_dropout = "attention_dropout";
  keys.classifier_dropout = "seq_classif_dropout";
  keys.layer_norm_eps = nullptr;
  keys.sinusoidal = "sinusoidal_pos_embds";
  return keys;
}

LayerSpelling layers() {
  LayerSpelling layers;
  layers.layer = "transformer.layer.{}.";
  layers.query_key_value = {"attention.q_lin", "attention.k_lin", "attention.v_lin"};
  layers.attention_output = "attention.out_lin";
  layers.attention_norm = "sa_layer_norm";
  layers.inner = "ffn.lin1";
  layers.outer = "ffn.lin2";
  layers.output_norm = "output_layer_norm";
  return layers;
}

}  // namespace

const EncoderFamily& distilbert_family() {
  static const EncoderFamily family = [] {
    EncoderFamily distilbert;
    distilbert.config.architecture = "DistilBertForSequenceClassification";
    distilbert.config.keys = keys();
    distilbert.config.defaults.num_hidden_layers = 6;
    distilbert.config.defaults.type_vocab_size = 0;
    distilbert.config.defaults.drops_attention_output = false;
    distilbert.config.classifier_dropout = 0.2;
    distilbert.names.prefix = "distilbert.";
    distilbert.names.layers = layers();
    distilbert.names.pooler = "pre_classifier";
    distilbert.names.classifier = "classifier";
    distilbert.names.base_pooler = "";
    distilbert.pooling = kernels::Activation::kRelu;
    return distilbert;
  }();
  return family;
}

std::unique_ptr<SequenceClassifier> make_distilbert_classifier(const nlohmann::json& config,
                                                               const HeadOptions& head) {
  return std::make_unique<EncoderClassifier>(distilbert_family(), config, head);
}

}  // namespace finetune::models
