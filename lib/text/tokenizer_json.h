#pragma once

#include <filesystem>
#include <memory>

#include "text/bert_tokenizer.h"
#include "text/tokenizer.h"

namespace finetune::text {

/// Reads a `tokenizer.json` (format 1.0). Throws CheckpointError naming the JSON path of anything
/// missing, malformed or not supported. The sections `truncation` and `padding` are checked, not
/// obeyed: EncodeOptions says how long an encoding gets, and nothing is ever padded here.
BertParts read_tokenizer_json(const std::filesystem::path& file);

}  // namespace finetune::text
