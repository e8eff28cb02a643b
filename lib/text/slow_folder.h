#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "text/json_vocabulary.h"
#include "text/tokenizer.h"
#include "text/tokenizer_config.h"

namespace finetune::text {

/// The tokenizer that transformers 4.57.6 builds from a folder without tokenizer.json: the fast
/// class named by `config`, converted from its slow form. Returned as the tokenizer.json that
/// save_pretrained would write; the tables of its model come beside it. `config` gets the special
/// tokens of the class. Throws CheckpointError for a class that is not known or whose files are
/// missing or malformed.
nlohmann::json convert_slow_folder(const std::filesystem::path& folder, TokenizerConfig& config,
                                   JsonVocabulary& tables);

/// The tokenizer that transformers has in memory then: that of the document, but for tokens that a
/// class adds twice with other flags, which count as they were added first until they are saved.
std::unique_ptr<Tokenizer> read_slow_folder(const std::filesystem::path& folder,
                                            TokenizerConfig config);

/// The class of the folder can be converted from the files that are there.
bool is_slow_folder(const std::filesystem::path& folder, const TokenizerConfig& config);

}  // namespace finetune::text
