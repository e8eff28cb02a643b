#include "models/gpt2/gpt2_config.h"

#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "models/activations.h"
#include "models/hf_config.h"
#include "models/special_ids.h"

namespace finetune::models {
namespace {

using base::cat;
using nlohmann::json;

// Far above every published GPT-2; they keep products of sizes within 64 bits.
constexpr IntegerRange kVocabulary = {1, int64_t{1} << 31};
constexpr IntegerRange kWidth = {1, int64_t{1} << 20};
constexpr IntegerRange kLayers = {1, 1024};
constexpr NumberRange kProbability = {0.0, 1.0};

void read_sizes(HfConfig& reader, Gpt2Config& config) {
  config.vocab_size = reader.integer("vocab_size", config.vocab_size, kVocabulary);
  config.n_positions = reader.integer("n_positions", config.n_positions, kVocabulary);
  config.n_embd = reader.integer("n_embd", config.n_embd, kWidth);
  config.n_layer = reader.integer("n_layer", config.n_layer, kLayers);
  config.n_head = reader.integer("n_head", config.n_head, kWidth);
  const auto inner = reader.optional_integer("n_inner", std::nullopt, kWidth);
  config.n_inner = inner.value_or(4 * config.n_embd);
  if (config.n_embd % config.n_head != 0) {
    reader.add_problem(
        cat("'n_embd' ", config.n_embd, " is not a multiple of 'n_head' ", config.n_head));
  }
}

void read_dropouts(HfConfig& reader, const std::optional<double>& dropout, Gpt2Config& config) {
  const auto read = [&](const char* key, double& field) {
    field = reader.number(key, field, kProbability);
    field = dropout.value_or(field);
  };
  read("resid_pdrop", config.resid_pdrop);
  read("embd_pdrop", config.embd_pdrop);
  read("attn_pdrop", config.attn_pdrop);
}

}  // namespace

Gpt2Config read_gpt2_config(const json& source, const std::optional<double>& dropout) {
  HfConfig reader(source);
  Gpt2Config config;
  config.source = std::make_shared<const json>(source);
  read_sizes(reader, config);
  read_dropouts(reader, dropout, config);
  config.activation_function = read_activation(reader, "activation_function", "gelu_new");
  config.layer_norm_epsilon =
      reader.number("layer_norm_epsilon", config.layer_norm_epsilon, {1e-30, 1.0});
  config.initializer_range =
      reader.number("initializer_range", config.initializer_range, {0.0, 100.0});
  config.scale_attn_weights = reader.boolean("scale_attn_weights", true);
  config.scale_attn_by_inverse_layer_idx = reader.boolean("scale_attn_by_inverse_layer_idx", false);
  config.tie_word_embeddings = reader.boolean("tie_word_embeddings", true);
  // reorder_and_upcast_attn changes nothing in fp32.
  for (const char* key :
       {"add_cross_attention", "is_encoder_decoder", "pruned_heads", "quantization_config"}) {
    reader.require_off(key);
  }
  SpecialIds defaults;
  defaults.bos = 50256;
  defaults.eos = {50256};
  config.ids = read_special_ids(reader, config.vocab_size, defaults);
  reader.check();
  check_fits_in_memory(count_parameters(config));
  return config;
}

json export_gpt2_config(const Gpt2Config& config, const std::string& architecture) {
  json out = *config.source;
  remove_code_keys(out);
  out["architectures"] = {architecture};
  out["vocab_size"] = config.vocab_size;
  out["n_positions"] = config.n_positions;
  out["n_ctx"] = config.n_positions;
  out["n_embd"] = config.n_embd;
  out["n_layer"] = config.n_layer;
  out["n_head"] = config.n_head;
  out["n_inner"] = config.n_inner;
  out["resid_pdrop"] = config.resid_pdrop;
  out["embd_pdrop"] = config.embd_pdrop;
  out["attn_pdrop"] = config.attn_pdrop;
  out["layer_norm_epsilon"] = config.layer_norm_epsilon;
  out["initializer_range"] = config.initializer_range;
  out["scale_attn_weights"] = config.scale_attn_weights;
  out["scale_attn_by_inverse_layer_idx"] = config.scale_attn_by_inverse_layer_idx;
  out["tie_word_embeddings"] = config.tie_word_embeddings;
  note_fp32(out);
  return out;
}

double count_parameters(const Gpt2Config& config) {
  const auto width = static_cast<double>(config.n_embd);
  const auto inner = static_cast<double>(config.n_inner);
  const auto words = static_cast<double>(config.vocab_size) * width;
  const double norm = 2 * width;
  const double attention = 4 * (width * width + width) + norm;
  const double feed_forward = 2 * width * inner + inner + width + norm;
  return words + (config.tie_word_embeddings ? 0.0 : words) +
         static_cast<double>(config.n_positions) * width +
         static_cast<double>(config.n_layer) * (attention + feed_forward) + norm;
}

}  // namespace finetune::models
