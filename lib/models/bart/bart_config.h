#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "kernels/activation.h"
#include "models/generation.h"

namespace finetune::models {

/// What tells one family of BART's kind from another: where the norms stand, what positions are.
struct BartFamily {
  const char* architecture;  ///< Hugging Face's class with the head over the vocabulary
  bool norms_before;         ///< the sublayers; and a norm at the end of each stack
  bool has_embedding_norm;
  bool has_sinusoids;        ///< positions are computed and in no file; else learned, from row 2 on
  bool may_have_two_tables;  ///< of words, one for each stack
  int64_t vocab_size;        ///< defaults of config.json from here on
  SpecialIds ids;
};

/// One half of the model.
struct BartStackConfig {
  int64_t layers = 12;
  int64_t attention_heads = 16;
  int64_t ffn_dim = 4096;
};

/// What an encoder-decoder of BART's kind computes with, named as its config.json names it.
struct BartConfig {
  const BartFamily* family = nullptr;
  int64_t vocab_size = 0;         ///< of source and target
  bool shares_embeddings = true;  ///< of encoder and decoder
  bool tie_word_embeddings = true;
  int64_t max_position_embeddings = 1024;
  int64_t d_model = 1024;
  BartStackConfig encoder;
  BartStackConfig decoder;
  kernels::Activation activation_function = kernels::Activation::kGelu;
  double dropout = 0.1;
  double attention_dropout = 0.0;
  double activation_dropout = 0.0;
  bool scale_embedding = false;
  double init_std = 0.02;
  SpecialIds ids;
  std::shared_ptr<const nlohmann::json> source;  ///< the config.json it was read from
};

/// Reads and checks a config.json; `dropout` stands in for that of states and of attention. Throws
/// CheckpointError with everything that is wrong with it. `family` must outlive the result.
BartConfig read_bart_config(const BartFamily& family, const nlohmann::json& source,
                            const std::optional<double>& dropout);

/// The config.json of an export: the keys of the source, and the arithmetic as built.
nlohmann::json export_bart_config(const BartConfig& config);

/// Trained parameters: exact as long as a double counts exactly.
double count_parameters(const BartConfig& config);

}  // namespace finetune::models
