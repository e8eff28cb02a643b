#pragma once

#include <nlohmann/json_fwd.hpp>

#include "text/json_vocabulary.h"
#include "text/tokenizer_config.h"

namespace finetune::text {

/// What the fast class that `config` names changes in the tokenizer.json `root` after loading it
/// (transformers 4.57.6): the prefix space of ByteLevel, the offsets of RoBERTa, the template of
/// Llama. Special tokens and BERT's normalizer are laid over elsewhere. `tables` are those of the
/// model. Throws CheckpointError where the class needs a token that is not there.
void lay_class_over(const TokenizerConfig& config, const JsonVocabulary& tables,
                    nlohmann::json& root);

}  // namespace finetune::text
