#include "models/bart/bart_config.h"

#include <nlohmann/json.hpp>
#include <string>

#include "base/strings.h"
#include "models/activations.h"
#include "models/hf_config.h"
#include "models/special_ids.h"

namespace finetune::models {
namespace {

using base::cat;
using nlohmann::json;

// Far above every published model; they keep products of sizes within 64 bits.
constexpr IntegerRange kVocabulary = {1, int64_t{1} << 31};
constexpr IntegerRange kWidth = {1, int64_t{1} << 20};
constexpr IntegerRange kLayers = {1, 1024};
constexpr NumberRange kProbability = {0.0, 1.0};

void read_stack(HfConfig& reader, const std::string& prefix, int64_t width,
                BartStackConfig& stack) {
  stack.layers = reader.integer(prefix + "layers", stack.layers, kLayers);
  stack.attention_heads = reader.integer(prefix + "attention_heads", stack.attention_heads, kWidth);
  stack.ffn_dim = reader.integer(prefix + "ffn_dim", stack.ffn_dim, kWidth);
  if (width % stack.attention_heads != 0) {
    reader.add_problem(cat("'d_model' ", width, " is not a multiple of '", prefix,
                           "attention_heads' ", stack.attention_heads));
  }
}

/// Two tables must have one size: transformers makes both of `vocab_size` rows.
void read_vocabulary(HfConfig& reader, const BartFamily& family, BartConfig& config) {
  config.vocab_size = reader.integer("vocab_size", family.vocab_size, kVocabulary);
  config.tie_word_embeddings = reader.boolean("tie_word_embeddings", true);
  if (!family.may_have_two_tables) return;
  config.shares_embeddings = reader.boolean("share_encoder_decoder_embeddings", true);
  const auto target = reader.optional_integer("decoder_vocab_size", std::nullopt, kVocabulary);
  if (!config.shares_embeddings && target.value_or(config.vocab_size) != config.vocab_size) {
    reader.add_problem(cat("'decoder_vocab_size' ", *target, " is not 'vocab_size' ",
                           config.vocab_size, ", which transformers does not support"));
  }
}

void read_numbers(HfConfig& reader, const std::optional<double>& dropout, BartConfig& config) {
  config.dropout = reader.number("dropout", config.dropout, kProbability);
  config.attention_dropout =
      reader.number("attention_dropout", config.attention_dropout, kProbability);
  config.activation_dropout =
      reader.number("activation_dropout", config.activation_dropout, kProbability);
  config.dropout = dropout.value_or(config.dropout);
  config.attention_dropout = dropout.value_or(config.attention_dropout);
  config.init_std = reader.number("init_std", config.init_std, {0.0, 100.0});
  config.scale_embedding = reader.boolean("scale_embedding", false);
}

/// Keys that say what the family fixes: transformers reads none of them, but who wrote another
/// value wants another model.
void refuse_other_arithmetic(HfConfig& reader, const BartFamily& family, const json& source) {
  const auto fixed = [&](const char* key, bool value) {
    if (reader.boolean(key, value) == value) return;
    reader.add_problem(cat("'", key, "' is ", value ? "false" : "true", ", but ",
                           family.architecture, " computes with ", value ? "true" : "false",
                           ": the norms stand after the sublayers in 'bart' and 'marian', before "
                           "them in 'mbart', and 'marian' has sinusoidal positions"));
  };
  fixed("normalize_before", family.norms_before);
  fixed("add_final_layer_norm", family.norms_before);
  fixed("normalize_embedding", family.has_embedding_norm);
  fixed("static_position_embeddings", family.has_sinusoids);
  if (source.value("is_encoder_decoder", json(true)) != json(true)) {
    reader.add_problem("'is_encoder_decoder' is not true, but this model is both");
  }
  for (const char* key : {"encoder_layerdrop", "decoder_layerdrop", "tie_encoder_decoder",
                          "pruned_heads", "quantization_config"}) {
    reader.require_off(key);
  }
}

void check_ids(HfConfig& reader, const BartConfig& config) {
  require_decoder_start(reader, config.ids);
  if (config.ids.decoder_start && *config.ids.decoder_start >= config.vocab_size) {
    reader.add_problem(cat("'decoder_start_token_id' ", *config.ids.decoder_start,
                           " is outside the vocabulary; set it"));
  }
  if (!config.ids.pad) {
    reader.add_problem("'pad_token_id' is missing or outside the vocabulary; set it");
  }
}

}  // namespace

BartConfig read_bart_config(const BartFamily& family, const json& source,
                            const std::optional<double>& dropout) {
  HfConfig reader(source);
  BartConfig config;
  config.family = &family;
  config.source = std::make_shared<const json>(source);
  read_vocabulary(reader, family, config);
  config.max_position_embeddings =
      reader.integer("max_position_embeddings", config.max_position_embeddings, kVocabulary);
  config.d_model = reader.integer("d_model", config.d_model, kWidth);
  read_stack(reader, "encoder_", config.d_model, config.encoder);
  read_stack(reader, "decoder_", config.d_model, config.decoder);
  read_numbers(reader, dropout, config);
  config.activation_function = read_activation(reader, "activation_function", "gelu");
  refuse_other_arithmetic(reader, family, source);
  config.ids = read_special_ids(reader, config.vocab_size, family.ids);
  check_ids(reader, config);
  reader.check();
  check_fits_in_memory(count_parameters(config));
  return config;
}

json export_bart_config(const BartConfig& config) {
  json out = *config.source;
  remove_code_keys(out);
  out["architectures"] = {config.family->architecture};
  out["is_encoder_decoder"] = true;
  out["vocab_size"] = config.vocab_size;
  if (config.family->may_have_two_tables) {
    out["decoder_vocab_size"] = config.vocab_size;
    out["share_encoder_decoder_embeddings"] = config.shares_embeddings;
  }
  out["tie_word_embeddings"] = config.tie_word_embeddings;
  out["max_position_embeddings"] = config.max_position_embeddings;
  out["d_model"] = config.d_model;
  const auto write_stack = [&](const std::string& prefix, const BartStackConfig& stack) {
    out[prefix + "layers"] = stack.layers;
    out[prefix + "attention_heads"] = stack.attention_heads;
    out[prefix + "ffn_dim"] = stack.ffn_dim;
  };
  write_stack("encoder_", config.encoder);
  write_stack("decoder_", config.decoder);
  out["num_hidden_layers"] = config.encoder.layers;
  out["dropout"] = config.dropout;
  out["attention_dropout"] = config.attention_dropout;
  out["activation_dropout"] = config.activation_dropout;
  out["scale_embedding"] = config.scale_embedding;
  out["init_std"] = config.init_std;
  note_fp32(out);
  return out;
}

double count_parameters(const BartConfig& config) {
  const auto width = static_cast<double>(config.d_model);
  const double norm = 2 * width;
  const double attention = 4 * (width * width + width) + norm;
  const auto feed_forward = [&](const BartStackConfig& stack) {
    const auto inner = static_cast<double>(stack.ffn_dim);
    return 2 * width * inner + inner + width + norm;
  };
  const double num_tables =
      1.0 + (config.shares_embeddings ? 0.0 : 1.0) + (config.tie_word_embeddings ? 0.0 : 1.0);
  const double words = num_tables * static_cast<double>(config.vocab_size) * width;
  const double positions = config.family->has_sinusoids
                               ? 0.0
                               : static_cast<double>(config.max_position_embeddings + 2) * width;
  const double stack_norms =
      (config.family->norms_before ? norm : 0.0) + (config.family->has_embedding_norm ? norm : 0.0);
  return words + 2 * (positions + stack_norms) +
         static_cast<double>(config.encoder.layers) * (attention + feed_forward(config.encoder)) +
         static_cast<double>(config.decoder.layers) *
             (2 * attention + feed_forward(config.decoder));
}

}  // namespace finetune::models
