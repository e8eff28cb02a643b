#pragma once

#include <map>
#include <string>
#include <vector>

#include "text/bpe_trainer.h"
#include "text/trained_class.h"

namespace finetune::text {

/// Files of a tokenizer folder: name -> content.
using TokenizerFiles = std::map<std::string, std::string>;

/// What a folder says beside its vocabulary.
struct TokenizerSettings {
  const TrainedClass& type;
  std::vector<std::string> additional_specials{};  ///< their ids follow those of the class
  bool lowercase = false;
};

/// The sections "normalizer" and "pre_tokenizer" of the tokenizer.json of a class trained on words
/// (WordPiece, byte-level BPE), as JSON; "null" where there is none.
std::string normalizer_json(const TokenizerSettings& settings);
std::string pre_tokenizer_json(const TokenizerSettings& settings);

/// tokenizer.json, tokenizer_config.json, special_tokens_map.json and the files of the slow
/// tokenizer (vocab.txt, or vocab.json and merges.txt), such that AutoTokenizer of transformers
/// 4.57.6 loads them, and load_tokenizer() the same.
TokenizerFiles wordpiece_files(const std::vector<std::string>& tokens,
                               const TokenizerSettings& settings);
TokenizerFiles byte_bpe_files(const BpeVocabulary& vocabulary, const TokenizerSettings& settings);

}  // namespace finetune::text
