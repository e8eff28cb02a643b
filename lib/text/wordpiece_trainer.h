#pragma once

#include <string>
#include <vector>

#include "text/bpe_trainer.h"

namespace finetune::text {

/// A WordPiece vocabulary as WordPieceTrainer of `tokenizers` 0.22.2 makes one: byte-pair encoding
/// whose tokens within a word carry `continuing_prefix`, of which the tokens are kept and the
/// merges forgotten (not Google's own likelihood rule). Returns the tokens by id.
///
/// `tokenizers` numbers the prefixed characters in a random order, and ids break ties, so two runs
/// of it differ; here they are numbered by code point. Given the same numbering the vocabularies
/// are equal.
std::vector<std::string> train_wordpiece(const WordCounts& words, const BpeTrainerOptions& options);

}  // namespace finetune::text
