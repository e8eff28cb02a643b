#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "kernels/ops.h"
#include "models/model.h"

namespace finetune::models {

/// What an encoder like BERT computes with. Fields are named as BERT's config.json names them; the
/// defaults are those of Hugging Face's BertConfig.
struct EncoderConfig {
  int64_t vocab_size = 30522;
  int64_t embedding_size = 768;  ///< of the tables; projected where it is not hidden_size
  int64_t hidden_size = 768;
  int64_t num_hidden_layers = 12;
  int64_t num_attention_heads = 12;
  int64_t intermediate_size = 3072;
  int64_t max_position_embeddings = 512;  ///< rows of the table
  int64_t first_position = 0;             ///< row of a sequence's first token
  int64_t type_vocab_size = 2;            ///< 0: no segments
  std::optional<int64_t> padding;         ///< pad_token_id: a word that learns nothing when read
  kernels::Activation hidden_act = kernels::Activation::kGelu;
  double hidden_dropout = 0.1;
  double attention_dropout = 0.1;
  double classifier_dropout = 0.1;
  bool drops_attention_output = true;  ///< with hidden_dropout
  bool has_fresh_sines = false;        ///< positions start as sines; they train all the same
  double layer_norm_eps = 1e-12;
  double initializer_range = 0.02;
  HeadOptions head;
  std::shared_ptr<const nlohmann::json> source;  ///< the config.json it was read from

  /// Positions that one sequence may use.
  int64_t max_length() const { return max_position_embeddings - first_position; }
};

/// How a family's config.json spells the fields. nullptr: it has no such key, the default holds.
struct EncoderKeys {
  const char* embedding_size = nullptr;  ///< without it the tables are as wide as the layers
  const char* hidden_size = "hidden_size";
  const char* num_hidden_layers = "num_hidden_layers";
  const char* num_attention_heads = "num_attention_heads";
  const char* intermediate_size = "intermediate_size";
  const char* type_vocab_size = "type_vocab_size";
  const char* hidden_act = "hidden_act";
  const char* hidden_dropout = "hidden_dropout_prob";
  const char* attention_dropout = "attention_probs_dropout_prob";
  const char* classifier_dropout = "classifier_dropout";
  const char* layer_norm_eps = "layer_norm_eps";
  const char* sinusoidal = nullptr;  ///< fresh positions are sines
};

/// The half of a family that concerns config.json.
struct EncoderConfigTable {
  std::string architecture;  ///< of Hugging Face's sequence classifier
  EncoderKeys keys;
  EncoderConfig defaults;
  std::optional<double> classifier_dropout;  ///< where the key is absent; else the hidden one
  int64_t padding = 0;                       ///< pad_token_id where the key is absent
  bool has_positions_after_padding = false;  ///< a sequence begins in the row after the padding's
};

/// Reads and checks a config.json. Throws CheckpointError with everything that is wrong with it.
EncoderConfig read_encoder_config(const EncoderConfigTable& table, const nlohmann::json& source,
                                  const HeadOptions& head);

/// The config.json of an export: the keys of the source, and the arithmetic as built.
nlohmann::json export_encoder_config(const EncoderConfigTable& table, const EncoderConfig& config);

/// Writes the arithmetic alone into a config.json: nothing of a classifier.
void write_encoder_config(const EncoderConfigTable& table, const EncoderConfig& config,
                          nlohmann::json& out);

/// Parameters of the sequence classifier: exact as long as a double counts exactly.
double count_parameters(const EncoderConfig& config);

}  // namespace finetune::models
