#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "text/json_node.h"
#include "text/json_vocabulary.h"
#include "text/tokenizer.h"
#include "text/tokenizer_config.h"

namespace finetune::text {

/// A tokenizer from the document that a `tokenizer.json` (format 1.0) is, read from a file or made
/// in memory. `config`, if given, is laid over it as transformers 4.57.6 does for a folder. Throws
/// CheckpointError naming the JSON path of anything missing, malformed or unknown. The sections
/// `truncation` and `padding` become length_settings(): EncodeOptions
/// says how long an encoding gets, and nothing is ever padded here.
///
/// The tables of /model may come beside the document, which then has them empty.
std::unique_ptr<Tokenizer> make_tokenizer(const JsonNode& root,
                                          std::optional<JsonVocabulary> tables = std::nullopt,
                                          const TokenizerConfig* config = nullptr);

/// make_tokenizer() of a file.
std::unique_ptr<Tokenizer> read_tokenizer_json(const std::filesystem::path& file,
                                               const TokenizerConfig* config = nullptr);

}  // namespace finetune::text
