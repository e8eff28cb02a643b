#include "models/t5/t5_config.h"

#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/strings.h"
#include "models/hf_config.h"
#include "models/special_ids.h"

namespace finetune::models {
namespace {

using base::cat;
using kernels::Activation;
using nlohmann::json;

// Far above every published T5; they keep products of sizes within 64 bits.
constexpr IntegerRange kVocabulary = {1, int64_t{1} << 31};
constexpr IntegerRange kWidth = {1, int64_t{1} << 20};
constexpr IntegerRange kLayers = {1, 1024};
constexpr IntegerRange kBuckets = {4, int64_t{1} << 20};

bool is_mt5(const json& source) { return source.value("model_type", json()) == "mt5"; }

T5Config defaults(const json& source) {
  T5Config config;
  config.ids.pad = 0;
  config.ids.eos = {1};
  if (!is_mt5(source)) return config;
  config.vocab_size = 250112;
  config.d_ff = 1024;
  config.num_layers = 8;
  config.num_heads = 6;
  config.tie_word_embeddings = false;
  config.ids.decoder_start = 0;
  return config;
}

/// Calls visit(key, field, range) for every size.
template <class Config, class Visit>
void for_each_size(Config& config, const Visit& visit) {
  visit("vocab_size", config.vocab_size, kVocabulary);
  visit("d_model", config.d_model, kWidth);
  visit("d_kv", config.d_kv, kWidth);
  visit("d_ff", config.d_ff, kWidth);
  visit("num_layers", config.num_layers, kLayers);
  visit("num_heads", config.num_heads, kWidth);
  visit("relative_attention_num_buckets", config.relative_attention_num_buckets, kBuckets);
  visit("relative_attention_max_distance", config.relative_attention_max_distance, kWidth);
}

/// "relu", "gated-gelu", ...; Hugging Face computes "gated-gelu" with the tanh form.
void read_feed_forward(HfConfig& reader, T5Config& config, bool is_mt5_model) {
  static const std::map<std::string, std::pair<bool, Activation>> kinds = {
      {"relu", {false, Activation::kRelu}},
      {"gelu", {false, Activation::kGelu}},
      {"gelu_new", {false, Activation::kGeluTanh}},
      {"gated-relu", {true, Activation::kRelu}},
      {"gated-gelu", {true, Activation::kGeluTanh}},
      {"gated-gelu_new", {true, Activation::kGeluTanh}},
      {"gated-silu", {true, Activation::kSilu}}};
  std::vector<std::string> names;
  names.reserve(kinds.size());
  for (const auto& [name, kind] : kinds) names.push_back(name);
  const std::string name =
      reader.choice("feed_forward_proj", is_mt5_model ? "gated-gelu" : "relu", names);
  std::tie(config.is_gated, config.activation) = kinds.at(name);
}

void check_buckets(HfConfig& reader, const T5Config& config) {
  const int64_t num_exact = config.relative_attention_num_buckets / 2;
  if (config.relative_attention_max_distance > num_exact) return;
  reader.add_problem(cat("'relative_attention_max_distance' ",
                         config.relative_attention_max_distance, " must be above half of ",
                         "'relative_attention_num_buckets', ", num_exact));
}

}  // namespace

T5Config read_t5_config(const json& source, const GeneratorOptions& options) {
  HfConfig reader(source);
  T5Config config = defaults(source);
  config.source = std::make_shared<const json>(source);
  for_each_size(config, [&](const char* key, int64_t& field, IntegerRange range) {
    field = reader.integer(key, field, range);
  });
  config.num_decoder_layers =
      reader.optional_integer("num_decoder_layers", config.num_layers, kLayers)
          .value_or(config.num_layers);
  check_buckets(reader, config);
  config.dropout = options.dropout.value_or(reader.number("dropout_rate", 0.1, {0.0, 1.0}));
  config.layer_norm_epsilon =
      reader.number("layer_norm_epsilon", config.layer_norm_epsilon, {1e-30, 1.0});
  config.initializer_factor = reader.number("initializer_factor", 1.0, {0.0, 100.0});
  config.tie_word_embeddings = reader.boolean("tie_word_embeddings", config.tie_word_embeddings);
  read_feed_forward(reader, config, is_mt5(source));
  config.ids = read_special_ids(reader, config.vocab_size, config.ids);
  require_decoder_start(reader, config.ids);
  for (const char* key : {"tie_encoder_decoder", "pruned_heads", "quantization_config"}) {
    reader.require_off(key);
  }
  reader.check();
  check_fits_in_memory(count_parameters(config));
  return config;
}

json export_t5_config(const T5Config& config) {
  json out = *config.source;
  remove_code_keys(out);
  out["architectures"] = {is_mt5(out) ? "MT5ForConditionalGeneration"
                                      : "T5ForConditionalGeneration"};
  for_each_size(config, [&](const char* key, int64_t field, IntegerRange) { out[key] = field; });
  out["num_decoder_layers"] = config.num_decoder_layers;
  out["dropout_rate"] = config.dropout;
  out["layer_norm_epsilon"] = config.layer_norm_epsilon;
  out["initializer_factor"] = config.initializer_factor;
  out["tie_word_embeddings"] = config.tie_word_embeddings;
  out["is_encoder_decoder"] = true;
  note_fp32(out);
  export_special_ids(out, config.ids);
  return out;
}

double count_parameters(const T5Config& config) {
  const auto width = static_cast<double>(config.d_model);
  const double attention = 4 * width * static_cast<double>(config.num_heads * config.d_kv) + width;
  const double feed_forward =
      (config.is_gated ? 3 : 2) * width * static_cast<double>(config.d_ff) + width;
  const auto layers = static_cast<double>(config.num_layers);
  const auto decoder_layers = static_cast<double>(config.num_decoder_layers);
  const double biases =
      2 * static_cast<double>(config.relative_attention_num_buckets * config.num_heads);
  const double tables =
      (config.tie_word_embeddings ? 1 : 2) * static_cast<double>(config.vocab_size) * width;
  return tables + biases + layers * (attention + feed_forward) +
         decoder_layers * (2 * attention + feed_forward) + 2 * width;
}

}  // namespace finetune::models
