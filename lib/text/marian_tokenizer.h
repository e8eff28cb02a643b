#pragma once

#include <filesystem>
#include <memory>

#include "text/tokenizer.h"
#include "text/tokenizer_config.h"

namespace finetune::text {

/// MarianTokenizer of transformers 4.57.6: `source.spm` and `target.spm` cut text into pieces,
/// whose ids `vocab.json` gives (`target_vocab.json` for the target where the vocabularies are
/// separate); a language code ">>xx<<" in front is one token; "</s>" ends a text.
///
/// `side` says which of the two models encodes, and which one turns tokens back into text: the
/// source decodes as transformers does with use_source_tokenizer.
/// Throws CheckpointError naming file and key or piece.
std::unique_ptr<Tokenizer> read_marian_folder(const std::filesystem::path& folder,
                                              TokenizerConfig config, TextSide side);

/// The folder holds the two models and a vocabulary.
bool is_marian_folder(const std::filesystem::path& folder);

}  // namespace finetune::text
