#include "models/encoder/encoder_config.h"

#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "models/activations.h"
#include "models/hf_config.h"

namespace finetune::models {
namespace {

using base::cat;
using nlohmann::json;

// Far above every published encoder; they keep products of sizes within 64 bits.
constexpr IntegerRange kVocabulary = {1, int64_t{1} << 31};
constexpr IntegerRange kWidth = {1, int64_t{1} << 20};
constexpr IntegerRange kLayers = {1, 1024};
constexpr NumberRange kProbability = {0.0, 1.0};
constexpr const char* kPadding = "pad_token_id";

/// Calls visit(key, field, range) for every size that the family's config.json holds.
template <class Config, class Visit>
void for_each_size(const EncoderKeys& keys, Config& config, const Visit& visit) {
  visit("vocab_size", config.vocab_size, kVocabulary);
  if (keys.embedding_size != nullptr) visit(keys.embedding_size, config.embedding_size, kWidth);
  visit(keys.hidden_size, config.hidden_size, kWidth);
  visit(keys.num_hidden_layers, config.num_hidden_layers, kLayers);
  visit(keys.num_attention_heads, config.num_attention_heads, kWidth);
  visit(keys.intermediate_size, config.intermediate_size, kWidth);
  visit("max_position_embeddings", config.max_position_embeddings, kVocabulary);
  if (keys.type_vocab_size != nullptr) visit(keys.type_vocab_size, config.type_vocab_size, kWidth);
}

/// The same for every other number, dropout of the classifier aside.
template <class Config, class Visit>
void for_each_number(const EncoderKeys& keys, Config& config, const Visit& visit) {
  visit(keys.hidden_dropout, config.hidden_dropout, kProbability);
  visit(keys.attention_dropout, config.attention_dropout, kProbability);
  if (keys.layer_norm_eps != nullptr) {
    visit(keys.layer_norm_eps, config.layer_norm_eps, NumberRange{1e-30, 1.0});
  }
  visit("initializer_range", config.initializer_range, NumberRange{0.0, 100.0});
}

/// RoBERTa counts positions from the row after that of the padding.
void read_padding(HfConfig& reader, const EncoderConfigTable& table, EncoderConfig& config) {
  const IntegerRange ids = {0, config.vocab_size - 1};
  if (!table.has_positions_after_padding) {
    config.padding = reader.optional_integer(kPadding, table.padding, ids);
    return;
  }
  config.padding = reader.integer(kPadding, table.padding, ids);
  config.first_position = *config.padding + 1;
  if (config.max_length() >= 1) return;
  reader.add_problem(cat("'max_position_embeddings' ", config.max_position_embeddings,
                         " leaves no position after those up to '", kPadding, "' ",
                         *config.padding));
}

void check_sizes(HfConfig& reader, const EncoderKeys& keys, const EncoderConfig& config) {
  if (config.hidden_size % config.num_attention_heads == 0) return;
  reader.add_problem(cat("'", keys.hidden_size, "' ", config.hidden_size, " is not a multiple of '",
                         keys.num_attention_heads, "' ", config.num_attention_heads));
}

void set_dropouts(HfConfig& reader, const EncoderConfigTable& table, EncoderConfig& config) {
  const HeadOptions& head = config.head;
  const auto own = reader.optional_number(table.keys.classifier_dropout, kProbability);
  config.hidden_dropout = head.dropout.value_or(config.hidden_dropout);
  config.attention_dropout = head.dropout.value_or(config.attention_dropout);
  const double usual = table.classifier_dropout.value_or(config.hidden_dropout);
  config.classifier_dropout = head.classifier_dropout.value_or(own.value_or(usual));
}

void refuse_other_arithmetic(HfConfig& reader) {
  reader.choice("position_embedding_type", "absolute", {"absolute"});
  for (const char* key : {"is_decoder", "add_cross_attention", "is_encoder_decoder", "pruned_heads",
                          "quantization_config"}) {
    reader.require_off(key);
  }
}

}  // namespace

EncoderConfig read_encoder_config(const EncoderConfigTable& table, const json& source,
                                  const HeadOptions& head) {
  HfConfig reader(source);
  EncoderConfig config = table.defaults;
  config.head = head;
  config.source = std::make_shared<const json>(source);
  for_each_size(table.keys, config, [&](const char* key, int64_t& field, IntegerRange range) {
    field = reader.integer(key, field, range);
  });
  for_each_number(table.keys, config, [&](const char* key, double& field, NumberRange range) {
    field = reader.number(key, field, range);
  });
  if (table.keys.embedding_size == nullptr) config.embedding_size = config.hidden_size;
  check_sizes(reader, table.keys, config);
  read_padding(reader, table, config);
  set_dropouts(reader, table, config);
  if (table.keys.sinusoidal != nullptr) {
    config.has_fresh_sines = reader.boolean(table.keys.sinusoidal, false);
  }
  config.hidden_act = read_activation(reader, table.keys.hidden_act, "gelu");
  refuse_other_arithmetic(reader);
  reader.check();
  check_fits_in_memory(count_parameters(config));
  return config;
}

json export_encoder_config(const EncoderConfigTable& table, const EncoderConfig& config) {
  json out = *config.source;
  remove_code_keys(out);
  out["architectures"] = {table.architecture};
  write_encoder_config(table, config, out);
  out[table.keys.classifier_dropout] = config.classifier_dropout;
  fit_labels(out, config.head.num_labels);
  return out;
}

void write_encoder_config(const EncoderConfigTable& table, const EncoderConfig& config, json& out) {
  const auto write = [&](const char* key, const auto& field, const auto&) { out[key] = field; };
  for_each_size(table.keys, config, write);
  for_each_number(table.keys, config, write);
  if (config.padding) out[kPadding] = *config.padding;
  note_fp32(out);
}

double count_parameters(const EncoderConfig& config) {
  const auto outer = static_cast<double>(config.embedding_size);
  const auto width = static_cast<double>(config.hidden_size);
  const auto inner = static_cast<double>(config.intermediate_size);
  const auto labels = static_cast<double>(config.head.num_labels);
  const double rows = static_cast<double>(config.vocab_size) +
                      static_cast<double>(config.max_position_embeddings) +
                      static_cast<double>(config.type_vocab_size);
  const double norm = 2 * width;
  const double embeddings = rows * outer + 2 * outer;
  const double projection =
      config.embedding_size == config.hidden_size ? 0.0 : outer * width + width;
  const double attention = 4 * (width * width + width) + norm;
  const double feed_forward = 2 * width * inner + inner + width + norm;
  const double head = width * width + width + labels * width + labels;
  return embeddings + projection +
         static_cast<double>(config.num_hidden_layers) * (attention + feed_forward) + head;
}

}  // namespace finetune::models
