#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "text/added_tokens.h"
#include "text/bert_normalizer.h"

namespace finetune::text {

/// What `tokenizer_config.json` and its older companions `special_tokens_map.json` and
/// `added_tokens.json` say about a tokenizer, read as transformers 4.57.6 reads them. An absent
/// file says nothing.
class TokenizerConfig {
 public:
  /// Throws CheckpointError naming file and JSON path.
  static TokenizerConfig read(const std::filesystem::path& folder);

  bool exists() const { return exists_; }  ///< there is a tokenizer_config.json
  /// tokenizer_class is one whose fast form lays do_lower_case, strip_accents and
  /// tokenize_chinese_chars (or their defaults) over the normalizer of a tokenizer.json.
  bool is_bert_class() const { return is_bert_class_; }

  /// do_lower_case, strip_accents and tokenize_chinese_chars with BERT's defaults.
  const BertNormalizerOptions& normalizer() const { return normalizer_; }

  /// "cls_token" and so on: as configured; absent where the files do not name it.
  std::optional<std::string> special(const std::string& key) const;
  void set_default_special(const std::string& key, const std::string& content);

  /// Appends the added tokens of the files and the special tokens that `tokens` lacks.
  void add_tokens(std::vector<AddedToken>& tokens) const;

 private:
  /// Plain strings are added only if new; with attributes they are laid over what is there.
  struct SpecialToken {
    AddedToken token;
    bool has_attributes = false;
  };
  friend class TokenizerConfigReader;

  std::vector<const SpecialToken*> specials_in_order() const;

  bool exists_ = false;
  bool is_bert_class_ = false;
  BertNormalizerOptions normalizer_;
  std::map<std::string, SpecialToken> specials_;
  std::vector<SpecialToken> additional_;
  std::map<int64_t, AddedToken> added_;  ///< by the id of the file, which only orders them
};

}  // namespace finetune::text
