#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "models/encoder/encoder_family.h"
#include "models/generation.h"
#include "models/gpt2/gpt2_config.h"

namespace finetune::models {

/// The decoder of an encoder-decoder: like BERT, or a GPT-2.
struct DecoderConfig {
  const EncoderFamily* family = nullptr;  ///< null: a GPT-2
  EncoderConfig bert;                     ///< where it has a family
  Gpt2Config gpt2;                        ///< where it has none

  int64_t vocab_size() const { return family ? bert.vocab_size : gpt2.vocab_size; }
  int64_t width() const { return family ? bert.hidden_size : gpt2.n_embd; }
  int64_t max_length() const { return family ? bert.max_length() : gpt2.n_positions; }
};

/// What an encoder-decoder of two models computes with.
struct EncoderDecoderConfig {
  const EncoderFamily* encoder_family = nullptr;
  EncoderConfig encoder;
  DecoderConfig decoder;
  SpecialIds ids;
  bool ties_stacks = false;  ///< tie_encoder_decoder: the decoder's layers are the encoder's
  std::shared_ptr<const nlohmann::json> source;  ///< the config.json it was read from
};

/// Reads and checks a config.json of model_type encoder-decoder. Throws CheckpointError with
/// everything that is wrong with the first of its parts that is wrong.
EncoderDecoderConfig read_encoder_decoder_config(const nlohmann::json& source,
                                                 const GeneratorOptions& options);

/// The config.json of an export: the keys of the source, and the arithmetic as built.
nlohmann::json export_encoder_decoder_config(const EncoderDecoderConfig& config);

/// The config.json of an encoder-decoder made of two models' config.json. `ids` are those of the
/// target; Throws CheckpointError where one of the two is no JSON object.
nlohmann::json join_configs(const nlohmann::json& encoder, const nlohmann::json& decoder,
                            const SpecialIds& ids, bool ties_stacks);

}  // namespace finetune::models
