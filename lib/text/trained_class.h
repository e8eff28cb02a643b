#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace finetune::text {

/// How a vocabulary is trained, and which model uses it.
enum class TokenizerKind { kUnigram, kSentencePieceBpe, kByteBpe, kWordPiece };

/// "unigram", "bpe", "byte-bpe", "wordpiece".
std::string_view name_of(TokenizerKind kind);

/// A kind of model whose tokenizers transformers knows, as far as a trained vocabulary needs it.
struct TrainedClass {
  std::string name;       ///< "bert": what users call it, the `model_type` of transformers
  TokenizerKind kind;     ///< how its vocabularies are trained
  std::string type_name;  ///< "BertTokenizer": tokenizer_class of tokenizer_config.json
  /// The special tokens in the order of their ids, from 0.
  std::vector<std::string> specials;
  /// Their roles: {"pad_token", "[PAD]"}, ...
  std::vector<std::pair<std::string, std::string>> roles;

  /// The token of a role; "" where it has none.
  std::string role(std::string_view key) const;
  /// The id that the special token with this role has; -1: none.
  int32_t id_of_role(std::string_view key) const;
};

/// All classes; of each kind, the first is what a user gets who names none.
const std::vector<TrainedClass>& trained_classes();

/// The class called `name` (empty: the first of the kind). Throws ConfigError naming those there
/// are, where there is none of this kind.
const TrainedClass& find_trained_class(std::string_view name, TokenizerKind kind);

}  // namespace finetune::text
