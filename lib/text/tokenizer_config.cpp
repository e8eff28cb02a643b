#include "text/tokenizer_config.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "text/json_node.h"
#include "text/vocabulary.h"

namespace finetune::text {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// In the order in which transformers adds them.
constexpr std::array kSpecialKeys = {"bos_token", "eos_token", "unk_token", "sep_token",
                                     "pad_token", "cls_token", "mask_token"};

constexpr std::array kBertClasses = {
    "BertTokenizer",    "ConvBertTokenizer",   "DistilBertTokenizer",
    "ElectraTokenizer", "FunnelTokenizer",     "LayoutLMTokenizer",
    "LxmertTokenizer",  "MobileBertTokenizer", "RetriBertTokenizer"};

bool flag(const JsonNode& node, std::string_view key, bool otherwise) {
  const std::optional<JsonNode> found = node.find(key);
  return found ? found->boolean() : otherwise;
}

AddedToken read_attributes(const JsonNode& node, bool special) {
  AddedToken token{node.at("content").string()};
  token.special = flag(node, "special", special);
  token.single_word = flag(node, "single_word", false);
  token.lstrip = flag(node, "lstrip", false);
  token.rstrip = flag(node, "rstrip", false);
  token.normalized = flag(node, "normalized", !token.special);
  return token;
}

}  // namespace

/// Fills a TokenizerConfig file by file.
class TokenizerConfigReader {
 public:
  explicit TokenizerConfigReader(const fs::path& folder) : folder_(folder) {}

  TokenizerConfig read() {
    bool lists_added_tokens = false;
    config_.exists_ = with_file("tokenizer_config.json", [&](const JsonNode& root) {
      read_main(root);
      lists_added_tokens = root.find("added_tokens_decoder").has_value();
    });
    if (!lists_added_tokens) {
      with_file("special_tokens_map.json", [&](const JsonNode& root) { read_specials(root); });
      with_file("added_tokens.json", [&](const JsonNode& root) { read_added_ids(root); });
    }
    return std::move(config_);
  }

 private:
  using SpecialToken = TokenizerConfig::SpecialToken;

  /// Calls `body` with the root of folder/name, if that file exists.
  template <class Body>
  bool with_file(const char* name, const Body& body) {
    const fs::path file = folder_ / name;
    if (!fs::exists(file)) return false;
    const json value = base::read_json_file(file);
    with_context(base::cat("reading ", base::quote(file.string())), [&] { body(JsonNode(value)); });
    return true;
  }

  void read_main(const JsonNode& root) {
    config_.normalizer_.lowercase = flag(root, "do_lower_case", true);
    config_.normalizer_.handle_chinese_chars = flag(root, "tokenize_chinese_chars", true);
    if (const auto node = root.find("strip_accents")) {
      config_.normalizer_.strip_accents = node->boolean();
    }
    if (const auto node = root.find("tokenizer_class")) {
      std::string name = node->string();
      if (name.ends_with("Fast")) name.resize(name.size() - 4);
      config_.is_bert_class_ =
          std::find(kBertClasses.begin(), kBertClasses.end(), name) != kBertClasses.end();
    }
    read_specials(root);
    if (const auto node = root.find("added_tokens_decoder")) read_added_tokens(*node);
  }

  void read_specials(const JsonNode& root) {
    for (const char* key : kSpecialKeys) {
      if (const auto node = root.find(key)) config_.specials_[key] = read_special(*node);
    }
    if (const auto list = root.find("additional_special_tokens")) {
      for (const JsonNode& node : list->items()) {
        config_.additional_.push_back(read_special(node));
      }
    }
  }

  static SpecialToken read_special(const JsonNode& node) {
    if (node.has("content")) return {read_attributes(node, true), true};
    AddedToken token{node.string()};
    token.special = true;
    return {token, false};
  }

  void read_added_tokens(const JsonNode& node) {
    for (const auto& [id, token] : node.members()) {
      const std::optional<int64_t> number = base::parse_int64(id);
      if (!number || *number < 0) token.fail(base::cat(base::quote(id), " is not a token id"));
      config_.added_[*number] = read_attributes(token, false);
    }
    for (auto& [key, special] : config_.specials_) {
      for (const auto& [id, token] : config_.added_) {
        if (token.content == special.token.content) special = {token, true};
      }
    }
  }

  /// added_tokens.json: content and id.
  void read_added_ids(const JsonNode& root) {
    for (const auto& [content, id] : root.members()) {
      AddedToken token{content};
      token.special = is_special(content);
      token.normalized = !token.special;
      config_.added_[id.integer(0, Vocabulary::kMaxIds - 1)] = token;
    }
  }

  bool is_special(const std::string& content) const {
    const std::vector<const SpecialToken*> specials = config_.specials_in_order();
    return std::any_of(specials.begin(), specials.end(),
                       [&](const SpecialToken* known) { return known->token.content == content; });
  }

  fs::path folder_;
  TokenizerConfig config_;
};

TokenizerConfig TokenizerConfig::read(const fs::path& folder) {
  return TokenizerConfigReader(folder).read();
}

std::optional<std::string> TokenizerConfig::special(const std::string& key) const {
  const auto found = specials_.find(key);
  if (found == specials_.end()) return std::nullopt;
  return found->second.token.content;
}

void TokenizerConfig::set_default_special(const std::string& key, const std::string& content) {
  AddedToken token{content};
  token.special = true;
  specials_.try_emplace(key, SpecialToken{token, false});
}

std::vector<const TokenizerConfig::SpecialToken*> TokenizerConfig::specials_in_order() const {
  std::vector<const SpecialToken*> all;
  for (const char* key : kSpecialKeys) {
    const auto found = specials_.find(key);
    if (found != specials_.end()) all.push_back(&found->second);
  }
  for (const SpecialToken& token : additional_) all.push_back(&token);
  return all;
}

void TokenizerConfig::add_tokens(std::vector<AddedToken>& tokens) const {
  const std::vector<const SpecialToken*> specials = specials_in_order();
  std::set<std::string> special_contents, known;
  for (const SpecialToken* special : specials) special_contents.insert(special->token.content);
  for (const AddedToken& token : tokens) known.insert(token.content);
  for (const auto& [id, token] : added_) {
    const bool is_there = std::find(tokens.begin(), tokens.end(), token) != tokens.end();
    if (is_there) continue;
    AddedToken added = token;
    added.special = token.special || special_contents.contains(token.content);
    tokens.push_back(added);
    known.insert(token.content);
  }
  for (const SpecialToken* special : specials) {
    const bool is_new = known.insert(special->token.content).second;
    if (!is_new && !special->has_attributes) continue;
    tokens.push_back(special->token);
    tokens.back().special = true;
  }
}

}  // namespace finetune::text
