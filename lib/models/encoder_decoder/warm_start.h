#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "models/load.h"

namespace finetune::models {

/// One half of an encoder-decoder: a pretrained Hugging Face folder, or a config.json alone for a
/// random start.
struct PretrainedPart {
  std::filesystem::path folder;                  ///< empty: random weights
  std::shared_ptr<const nlohmann::json> config;  ///< null: the folder's config.json
};

struct WarmStart {
  PretrainedPart encoder;
  PretrainedPart decoder;    ///< its folder is not read where the stacks are tied
  SpecialIds ids;            ///< decoder_start, eos and pad of the target's tokenizer
  bool ties_stacks = false;  ///< BERTShare: the decoder's layers are the encoder's
};

/// Makes an encoder-decoder of two models, Rothe et al. 2020, arXiv:1907.12461: BERT2BERT,
/// BERT2Rnd, Rnd2GPT2, ... What the folders lack is drawn from `seed` and named in the report:
/// cross-attention always, a whole half that starts at random, the head over the vocabulary where
/// the decoder's folder has none. Throws CheckpointError as load_seq2seq_model does.
Loaded<Seq2SeqModel> start_encoder_decoder(const WarmStart& start, const GeneratorOptions& options,
                                           uint64_t seed);

}  // namespace finetune::models
