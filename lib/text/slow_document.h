#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "text/added_tokens.h"
#include "text/json_vocabulary.h"
#include "text/tokenizer_config.h"

namespace finetune::text {

/// What a converter of transformers makes of a slow tokenizer's files, before special tokens are
/// added: a tokenizer.json without "added_tokens", the tables of its model beside it.
struct SlowDocument {
  explicit SlowDocument(JsonVocabulary model_tables);
  SlowDocument(SlowDocument&&) noexcept;
  ~SlowDocument();

  std::unique_ptr<nlohmann::json> root;
  JsonVocabulary tables;
  std::vector<AddedToken> added_tokens{};  ///< those that the model file asks for
};

/// GPT2Converter and RobertaConverter: vocab.json and merges.txt.
SlowDocument convert_byte_level(const std::filesystem::path& folder, const TokenizerConfig& config);

/// SpmConverter and those derived from it: a SentencePiece model.
SlowDocument convert_sentencepiece(const std::filesystem::path& file,
                                   const TokenizerConfig& config);

/// The ids that the slow tokenizer gives to `contents`: as listed in the files, as in the model,
/// else in the order of the special tokens after all these.
std::vector<std::pair<std::string, int32_t>> slow_ids(const std::vector<std::string>& contents,
                                                      const JsonVocabulary& tables,
                                                      const TokenizerConfig& config);

}  // namespace finetune::text
