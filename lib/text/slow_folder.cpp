#include "text/slow_folder.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/strings.h"
#include "text/class_overlay.h"
#include "text/json_node.h"
#include "text/slow_document.h"
#include "text/token_ids.h"
#include "text/tokenizer_json.h"

namespace finetune::text {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json to_json(const AddedToken& token, int32_t id) {
  return {{"id", id},
          {"content", token.content},
          {"single_word", token.single_word},
          {"lstrip", token.lstrip},
          {"rstrip", token.rstrip},
          {"normalized", token.normalized},
          {"special", token.special}};
}

/// The list of a tokenizer.json: each token once, as it was added last.
json list_by_id(const std::vector<AddedToken>& added, const JsonVocabulary& tables) {
  TokenIds ids(tables.tokens);
  std::map<int32_t, AddedToken> by_id;
  for (const AddedToken& token : added) {
    if (!token.content.empty()) by_id[ids.add(token.content)] = token;
  }
  json list = json::array();
  for (const auto& [id, token] : by_id) list.push_back(to_json(token, id));
  return list;
}

/// Each token as often as it is added: whether a special token is looked for before or after
/// normalising is what it was when it was added first.
json list_as_added(const std::vector<AddedToken>& added, const JsonVocabulary& tables) {
  TokenIds ids(tables.tokens);
  json list = json::array();
  for (const AddedToken& token : added) {
    if (!token.content.empty()) list.push_back(to_json(token, ids.add(token.content)));
  }
  return list;
}

std::string name_of(const TokenizerConfig& config) {
  return config.class_name().empty() ? "tokenizer of an unknown class"
                                     : base::quote(config.class_name());
}

bool has_vocabulary(const fs::path& folder, const TokenizerClass& known) {
  if (!known.vocabulary_file.empty()) return fs::exists(folder / known.vocabulary_file);
  return fs::exists(folder / "vocab.json") && fs::exists(folder / "merges.txt");
}

bool is_convertible(const TokenizerClass* known) {
  return known != nullptr && known->conversion != Conversion::kNone &&
         known->conversion != Conversion::kBert && known->conversion != Conversion::kMarian;
}

/// The document without its list of added tokens, which lie beside it.
SlowDocument convert(const fs::path& folder, TokenizerConfig& config) {
  if (!is_slow_folder(folder, config)) {
    throw CheckpointError(base::cat("the folder ", base::quote(folder.string()), " has a ",
                                    name_of(config), " but not the files that make one"));
  }
  config.set_class_specials(true);
  const TokenizerClass& known = *config.known_class();
  SlowDocument document = known.vocabulary_file.empty()
                              ? convert_byte_level(folder, config)
                              : convert_sentencepiece(folder / known.vocabulary_file, config);
  config.add_tokens(document.added_tokens);
  return document;
}

}  // namespace

bool is_slow_folder(const fs::path& folder, const TokenizerConfig& config) {
  const TokenizerClass* known = config.known_class();
  return is_convertible(known) && has_vocabulary(folder, *known);
}

json convert_slow_folder(const fs::path& folder, TokenizerConfig& config, JsonVocabulary& tables) {
  SlowDocument document = convert(folder, config);
  json& root = *document.root;
  root["added_tokens"] = list_by_id(document.added_tokens, document.tables);
  lay_class_over(config, document.tables, root);
  tables = std::move(document.tables);
  return std::move(root);
}

std::unique_ptr<Tokenizer> read_slow_folder(const fs::path& folder, TokenizerConfig config) {
  SlowDocument document = convert(folder, config);
  json& root = *document.root;
  root["added_tokens"] = list_as_added(document.added_tokens, document.tables);
  lay_class_over(config, document.tables, root);
  return with_context(base::cat("reading the folder ", base::quote(folder.string())), [&] {
    return make_tokenizer(JsonNode(root), std::move(document.tables), &config);
  });
}

}  // namespace finetune::text
