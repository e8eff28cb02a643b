#pragma once

#include <string>

#include "text/sentencepiece_model.h"
#include "text/tokenizer_writer.h"

namespace finetune::text {

/// As byte_bpe_files(), with the `.model` file (`model_bytes`, which `model` was read from) under
/// the name that the class expects: tokenizer.json is what transformers would convert it to.
TokenizerFiles sentencepiece_files(const SentencePieceModel& model, const std::string& model_bytes,
                                   const TokenizerSettings& settings);

}  // namespace finetune::text
