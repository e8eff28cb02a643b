#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "kernels/ops.h"
#include "models/generation.h"

namespace finetune::models {

/// What T5 computes with, in the words of its config.json; the defaults are those of Hugging Face's
/// T5Config (mT5 has its own).
struct T5Config {
  int64_t vocab_size = 32128;
  int64_t d_model = 512;
  int64_t d_kv = 64;  ///< width of a head, whatever d_model / num_heads is
  int64_t d_ff = 2048;
  int64_t num_layers = 6;
  int64_t num_decoder_layers = 6;
  int64_t num_heads = 8;
  int64_t relative_attention_num_buckets = 32;
  int64_t relative_attention_max_distance = 128;
  double dropout = 0.1;
  double layer_norm_epsilon = 1e-6;
  double initializer_factor = 1.0;
  kernels::Activation activation = kernels::Activation::kRelu;
  bool is_gated = false;
  bool tie_word_embeddings = true;
  SpecialIds ids;
  std::shared_ptr<const nlohmann::json> source;  ///< the config.json it was read from
};

/// Reads and checks a config.json of model_type t5 or mt5. Throws CheckpointError with everything
/// that is wrong with it.
T5Config read_t5_config(const nlohmann::json& source, const GeneratorOptions& options);

/// The config.json of an export: the keys of the source, and the arithmetic as built.
nlohmann::json export_t5_config(const T5Config& config);

/// Parameters of the model: exact as long as a double counts exactly.
double count_parameters(const T5Config& config);

}  // namespace finetune::models
