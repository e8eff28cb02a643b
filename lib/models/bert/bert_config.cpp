#include "models/bert/bert_config.h"

#include <map>
#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "models/hf_config.h"

namespace finetune::models {
namespace {

using base::cat;
using kernels::Activation;
using nlohmann::json;

// Far above every published BERT; they keep products of sizes within 64 bits.
constexpr IntegerRange kVocabulary = {1, int64_t{1} << 31};
constexpr IntegerRange kWidth = {1, int64_t{1} << 20};
constexpr IntegerRange kLayers = {1, 1024};
constexpr NumberRange kProbability = {0.0, 1.0};

Activation read_activation(HfConfig& reader) {
  static const std::map<std::string, Activation> activations = {{"gelu", Activation::kGelu},
                                                                {"gelu_new", Activation::kGeluTanh},
                                                                {"relu", Activation::kRelu}};
  return activations.at(reader.choice("hidden_act", "gelu", {"gelu", "gelu_new", "relu"}));
}

void read_sizes(HfConfig& reader, BertConfig& config) {
  config.vocab_size = reader.integer("vocab_size", config.vocab_size, kVocabulary);
  config.hidden_size = reader.integer("hidden_size", config.hidden_size, kWidth);
  config.num_hidden_layers = reader.integer("num_hidden_layers", config.num_hidden_layers, kLayers);
  config.num_attention_heads =
      reader.integer("num_attention_heads", config.num_attention_heads, kWidth);
  config.intermediate_size = reader.integer("intermediate_size", config.intermediate_size, kWidth);
  config.max_position_embeddings =
      reader.integer("max_position_embeddings", config.max_position_embeddings, kVocabulary);
  config.type_vocab_size = reader.integer("type_vocab_size", config.type_vocab_size, kWidth);
  if (config.hidden_size % config.num_attention_heads != 0) {
    reader.add_problem(cat("'hidden_size' ", config.hidden_size,
                           " is not a multiple of 'num_attention_heads' ",
                           config.num_attention_heads));
  }
}

void read_dropouts(HfConfig& reader, BertConfig& config) {
  config.hidden_dropout = reader.number("hidden_dropout_prob", config.hidden_dropout, kProbability);
  config.attention_dropout =
      reader.number("attention_probs_dropout_prob", config.attention_dropout, kProbability);
  const auto classifier = reader.optional_number("classifier_dropout", kProbability);
  config.hidden_dropout = config.head.dropout.value_or(config.hidden_dropout);
  config.attention_dropout = config.head.dropout.value_or(config.attention_dropout);
  config.classifier_dropout =
      config.head.classifier_dropout.value_or(classifier.value_or(config.hidden_dropout));
}

void refuse_other_arithmetic(HfConfig& reader) {
  reader.choice("position_embedding_type", "absolute", {"absolute"});
  for (const char* key : {"is_decoder", "add_cross_attention", "is_encoder_decoder", "pruned_heads",
                          "quantization_config"}) {
    reader.require_off(key);
  }
}

}  // namespace

BertConfig read_bert_config(const json& source, const HeadOptions& head) {
  HfConfig reader(source);
  BertConfig config;
  config.head = head;
  config.source = std::make_shared<const json>(source);
  read_sizes(reader, config);
  read_dropouts(reader, config);
  config.hidden_act = read_activation(reader);
  config.layer_norm_eps = reader.number("layer_norm_eps", config.layer_norm_eps, {1e-30, 1.0});
  config.initializer_range =
      reader.number("initializer_range", config.initializer_range, {0.0, 100.0});
  refuse_other_arithmetic(reader);
  reader.check();
  check_fits_in_memory(count_parameters(config));
  return config;
}

json export_bert_config(const BertConfig& config) {
  json out = *config.source;
  remove_code_keys(out);
  out["architectures"] = {"BertForSequenceClassification"};
  out["vocab_size"] = config.vocab_size;
  out["hidden_size"] = config.hidden_size;
  out["num_hidden_layers"] = config.num_hidden_layers;
  out["num_attention_heads"] = config.num_attention_heads;
  out["intermediate_size"] = config.intermediate_size;
  out["max_position_embeddings"] = config.max_position_embeddings;
  out["type_vocab_size"] = config.type_vocab_size;
  out["hidden_dropout_prob"] = config.hidden_dropout;
  out["attention_probs_dropout_prob"] = config.attention_dropout;
  out["classifier_dropout"] = config.classifier_dropout;
  out["layer_norm_eps"] = config.layer_norm_eps;
  out["initializer_range"] = config.initializer_range;
  out["dtype"] = "float32";
  out["torch_dtype"] = "float32";
  fit_labels(out, config.head.num_labels);
  return out;
}

double count_parameters(const BertConfig& config) {
  const auto width = static_cast<double>(config.hidden_size);
  const auto inner = static_cast<double>(config.intermediate_size);
  const auto labels = static_cast<double>(config.head.num_labels);
  const double rows = static_cast<double>(config.vocab_size) +
                      static_cast<double>(config.max_position_embeddings) +
                      static_cast<double>(config.type_vocab_size);
  const double norm = 2 * width;
  const double embeddings = rows * width + norm;
  const double attention = 4 * (width * width + width) + norm;
  const double feed_forward = 2 * width * inner + inner + width + norm;
  const double head = width * width + width + labels * width + labels;
  return embeddings + static_cast<double>(config.num_hidden_layers) * (attention + feed_forward) +
         head;
}

}  // namespace finetune::models
