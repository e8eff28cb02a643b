#pragma once

#include <filesystem>

#include "text/bert_tokenizer.h"

namespace finetune::text {

/// A BERT tokenizer from `vocab.txt` and, where they exist beside it, `tokenizer_config.json`,
/// `special_tokens_map.json` and `added_tokens.json`: what BertTokenizerFast of transformers builds
/// from them. One token a line, the id is the line's number from 0; lines end in LF, CR LF or CR;
/// of equal lines the last counts. Throws CheckpointError naming the line or the JSON path.
BertParts read_vocab_folder(const std::filesystem::path& vocab_file);

}  // namespace finetune::text
