#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "text/added_tokens.h"
#include "text/bert_normalizer.h"
#include "text/tokenizer.h"
#include "text/tokenizer_class.h"

namespace finetune::text {

/// What `tokenizer_config.json` and its older companions `special_tokens_map.json` and
/// `added_tokens.json` say about a tokenizer, read as transformers 4.57.6 reads them. An absent
/// file says nothing; without a tokenizer_class, the model's `config.json` tells the class.
class TokenizerConfig {
 public:
  /// Throws CheckpointError naming file and JSON path (tokenizer_config_reader.cpp).
  static TokenizerConfig read(const std::filesystem::path& folder);

  /// There is a tokenizer_config.json, or a config.json that tells a class we know.
  bool exists() const { return exists_; }
  /// "T5Tokenizer", without "Fast"; "" where nothing tells.
  const std::string& class_name() const { return class_name_; }
  /// That of a config.json that alone could tell the class; "" where it is not needed.
  const std::string& model_type() const { return model_type_; }
  /// What is known of it by that name, or nullptr.
  const TokenizerClass* known_class() const { return find_tokenizer_class(class_name_); }
  /// tokenizer_class is one whose fast form lays do_lower_case, strip_accents and
  /// tokenize_chinese_chars (or their defaults) over the normalizer of a tokenizer.json.
  bool is_bert_class() const { return is_bert_class_; }

  /// The class makes its tokenizer from the slow files, whatever a tokenizer.json beside them says:
  /// Llama and T5 where add_prefix_space is given.
  bool prefers_slow_files() const;

  /// do_lower_case, strip_accents and tokenize_chinese_chars with BERT's defaults.
  const BertNormalizerOptions& normalizer() const { return normalizer_; }

  /// "cls_token" and so on: as configured; absent where the files do not name it.
  std::optional<std::string> special(const std::string& key) const;
  /// Has no effect where the files name the token, or say that there is none.
  void set_default_special(const std::string& key, const std::string& content);
  /// The special tokens of known_class(), as its fast form lays them over a tokenizer.json
  /// (`is_converted` false) or as the slow form hands them to the fast one (true).
  void set_class_specials(bool is_converted);
  /// Decoded text loses the spaces before punctuation: as configured, else for BERT's classes where
  /// the slow form hands its settings on.
  bool cleans_up_spaces() const;
  /// Special tokens in a text are read as any other text (split_special_tokens).
  bool splits_specials() const { return splits_specials_; }
  /// Where texts are cut; absent where the file does not say.
  std::optional<TruncationSide> truncation_side() const { return truncation_side_; }
  /// Names a further special token unless it is there already.
  void add_additional_special(const std::string& content);
  std::vector<std::string> additional_specials() const;

  /// A key of tokenizer_config.json as Python takes it for true or false: null is false.
  bool flag(std::string_view key, bool if_absent) const;
  int64_t number(std::string_view key, int64_t if_absent, int64_t largest) const;
  std::string text(std::string_view key, const std::string& if_absent) const;
  bool has(std::string_view key) const;  ///< whatever its value, null excepted

  /// The special tokens in the order in which they are added, each content once.
  std::vector<AddedToken> specials() const;
  /// The tokens that the files list with an id, by this id.
  const std::map<int64_t, AddedToken>& listed_tokens() const { return added_; }

  /// Appends the added tokens of the files and the special tokens that `tokens` lacks.
  void add_tokens(std::vector<AddedToken>& tokens) const;

 private:
  /// Plain strings are added only if new; with attributes they are laid over what is there.
  struct SpecialToken {
    AddedToken token;
    bool has_attributes = false;
    bool is_final = false;  ///< the class has no say in its attributes
  };
  friend class TokenizerConfigReader;

  std::vector<const SpecialToken*> specials_in_order() const;

  void add_sentinels();
  void wrap(const char* key, bool lstrip, bool normalized);

  bool exists_ = false;
  std::string class_name_;
  std::string model_type_;
  std::shared_ptr<const nlohmann::json> main_;  ///< tokenizer_config.json, or null
  bool is_bert_class_ = false;
  bool is_converted_ = false;  ///< the slow form hands its settings on
  BertNormalizerOptions normalizer_;
  std::map<std::string, SpecialToken> specials_;
  std::set<std::string> without_;  ///< keys that are null
  std::vector<SpecialToken> additional_;
  std::vector<SpecialToken> extra_;  ///< extra_special_tokens, which come last
  bool splits_specials_ = false;
  std::optional<TruncationSide> truncation_side_;
  std::map<int64_t, AddedToken> added_;  ///< by the id of the file, which only orders them
};

}  // namespace finetune::text
