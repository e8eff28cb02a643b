#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "kernels/activation.h"
#include "models/generation.h"

namespace finetune::models {

/// What a GPT-2 computes with, named as its config.json names it; defaults are those of Hugging
/// Face's GPT2Config.
struct Gpt2Config {
  int64_t vocab_size = 50257;
  int64_t n_positions = 1024;
  int64_t n_embd = 768;
  int64_t n_layer = 12;
  int64_t n_head = 12;
  int64_t n_inner = 3072;  ///< 4 n_embd where config.json has null
  kernels::Activation activation_function = kernels::Activation::kGeluTanh;
  double resid_pdrop = 0.1;
  double embd_pdrop = 0.1;
  double attn_pdrop = 0.1;
  double layer_norm_epsilon = 1e-5;
  double initializer_range = 0.02;
  bool scale_attn_weights = true;                ///< by 1 / sqrt(head width)
  bool scale_attn_by_inverse_layer_idx = false;  ///< and by 1 / (layer + 1)
  bool tie_word_embeddings = true;
  SpecialIds ids;
  std::shared_ptr<const nlohmann::json> source;  ///< the config.json it was read from
};

/// Reads and checks a config.json; `dropout` stands in for the three of the file. Throws
/// CheckpointError with everything that is wrong with it.
Gpt2Config read_gpt2_config(const nlohmann::json& source, const std::optional<double>& dropout);

/// The config.json of an export for the class `architecture`.
nlohmann::json export_gpt2_config(const Gpt2Config& config, const std::string& architecture);

/// Parameters without a head: exact as long as a double counts exactly.
double count_parameters(const Gpt2Config& config);

}  // namespace finetune::models
