#pragma once

#include <cstdint>
#include <string>

#include "models/generation.h"
#include "models/hf_config.h"

namespace finetune::models {

/// Reads bos_token_id, pad_token_id, eos_token_id (one or several), decoder_start_token_id,
/// forced_bos_token_id, forced_eos_token_id and bad_words_ids; an absent key has the value of
/// `defaults`, null means none. Of pad, bos and eos, ids beyond the vocabulary are left out: they
/// stand in no text (Hugging Face writes them for small vocabularies). Others are problems of
/// `reader`.
SpecialIds read_special_ids(HfConfig& reader, int64_t vocab_size, const SpecialIds& defaults = {});

/// Names, in a warning, every pad, bos and eos of a config.json (and of its decoder's) that is
/// beyond the vocabulary and therefore left out.
void warn_of_unknown_ids(const nlohmann::json& config, int64_t vocab_size, const std::string& file);

/// A problem of `reader` unless there is an id that a target begins with.
void require_decoder_start(HfConfig& reader, const SpecialIds& ids);

/// Writes the ids back.
void export_special_ids(nlohmann::json& config, const SpecialIds& ids);

}  // namespace finetune::models
