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

constexpr std::string_view kMainFile = "tokenizer_config.json";

constexpr std::array kBertClasses = {
    "BertTokenizer",    "ConvBertTokenizer",   "DistilBertTokenizer",
    "ElectraTokenizer", "FunnelTokenizer",     "LayoutLMTokenizer",
    "LxmertTokenizer",  "MobileBertTokenizer", "RetriBertTokenizer"};

bool read_flag(const JsonNode& node, std::string_view key, bool otherwise) {
  const std::optional<JsonNode> found = node.find(key);
  return found ? found->boolean() : otherwise;
}

AddedToken read_attributes(const JsonNode& node, bool special) {
  AddedToken token{node.at("content").string()};
  token.special = read_flag(node, "special", special);
  token.single_word = read_flag(node, "single_word", false);
  token.lstrip = read_flag(node, "lstrip", false);
  token.rstrip = read_flag(node, "rstrip", false);
  token.normalized = read_flag(node, "normalized", !token.special);
  return token;
}

}  // namespace

/// Fills a TokenizerConfig file by file.
class TokenizerConfigReader {
 public:
  explicit TokenizerConfigReader(const fs::path& folder) : folder_(folder) {}

  TokenizerConfig read() {
    bool lists_added_tokens = false;
    const bool has_main = with_file(kMainFile, [&](const JsonNode& root) {
      read_main(root);
      lists_added_tokens = root.find("added_tokens_decoder").has_value();
    });
    config_.exists_ = has_main;
    if (config_.class_name_.empty()) {
      with_file("config.json", [&](const JsonNode& root) { read_class_of_model(root); });
    }
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
  bool with_file(std::string_view name, const Body& body) {
    const fs::path file = folder_ / name;
    if (!fs::exists(file)) return false;
    json value = base::read_json_file(file);
    with_context(base::cat("reading ", base::quote(file.string())), [&] { body(JsonNode(value)); });
    if (name == kMainFile) config_.main_ = std::make_shared<const json>(std::move(value));
    return true;
  }

  void read_main(const JsonNode& root) {
    config_.normalizer_.lowercase = read_flag(root, "do_lower_case", true);
    config_.normalizer_.handle_chinese_chars = read_flag(root, "tokenize_chinese_chars", true);
    if (const auto node = root.find("strip_accents")) {
      config_.normalizer_.strip_accents = node->boolean();
    }
    if (const auto node = root.find("tokenizer_class")) {
      set_class(node->string());
    }
    read_specials(root);
    if (const auto node = root.find("added_tokens_decoder")) read_added_tokens(*node);
  }

  void set_class(std::string name) {
    if (name.ends_with("Fast")) name.resize(name.size() - 4);
    config_.is_bert_class_ =
        std::find(kBertClasses.begin(), kBertClasses.end(), name) != kBertClasses.end();
    config_.class_name_ = std::move(name);
  }

  void read_class_of_model(const JsonNode& root) {
    if (const auto node = root.find("tokenizer_class")) {
      set_class(node->string());
    } else if (const auto type = root.find("model_type")) {
      set_class(std::string(tokenizer_class_of(type->string())));
    }
    config_.exists_ = config_.exists_ || config_.known_class() != nullptr;
  }

  void read_specials(const JsonNode& root) {
    for (const char* key : kSpecialKeys) {
      if (!root.has(key)) continue;
      const JsonNode node = root.at(key);
      config_.specials_.erase(key);
      config_.without_.erase(key);
      if (node.is_null()) {
        config_.without_.insert(key);
      } else {
        config_.specials_[key] = read_special(node);
      }
    }
    if (const auto list = root.find("additional_special_tokens")) {
      for (const JsonNode& node : list->items()) {
        const SpecialToken token = read_special(node);
        const bool is_there = std::any_of(
            config_.additional_.begin(), config_.additional_.end(),
            [&](const SpecialToken& known) { return known.token.content == token.token.content; });
        if (!is_there) config_.additional_.push_back(token);
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
  if (without_.contains(key)) return;
  AddedToken token{content};
  token.special = true;
  specials_.try_emplace(key, SpecialToken{token, false});
}

void TokenizerConfig::wrap(const char* key, bool lstrip, bool normalized) {
  const auto found = specials_.find(key);
  if (found == specials_.end() || found->second.has_attributes) return;
  found->second.has_attributes = true;
  found->second.token.lstrip = lstrip;
  found->second.token.normalized = normalized;
}

/// T5's sentinels are special tokens; a list that names some of them must name them all.
void TokenizerConfig::add_sentinels() {
  const std::vector<std::string> given = additional_specials();
  const int64_t count = number("extra_ids", 100, 100'000);
  const auto num_given = std::count_if(given.begin(), given.end(), [](const std::string& content) {
    return content.find("<extra_id_") != std::string::npos;
  });
  if (num_given > 0 && count > 0 && num_given != count) {
    throw CheckpointError(base::cat("tokenizer_config.json: extra_ids is ", count, ", but ",
                                    num_given, " of additional_special_tokens are sentinels"));
  }
  for (int64_t i = 0; num_given == 0 && i < count; ++i) {
    add_additional_special(base::cat("<extra_id_", i, ">"));
  }
}

bool TokenizerConfig::cleans_up_spaces() const {
  return flag("clean_up_tokenization_spaces", is_converted_ && is_bert_class_);
}

void TokenizerConfig::set_class_specials(bool is_converted) {
  is_converted_ = is_converted;
  const TokenizerClass* known = known_class();
  if (known == nullptr) return;
  if (known->conversion == Conversion::kT5) add_sentinels();
  for (size_t i = 0; i < kSpecialKeys.size(); ++i) {
    const char* key = kSpecialKeys[i];
    if (!known->specials[i].empty()) {
      set_default_special(key, std::string(known->specials[i]));
    }
    const bool is_mask = std::string_view(key) == "mask_token";
    if (is_mask && known->has_wide_mask()) {
      wrap(key, true, is_converted ? known->is_mask_normalized : known->is_mask_renormalized);
    } else if (is_converted && known->is_normalized && !is_mask) {
      wrap(key, false, true);
    }
  }
}

void TokenizerConfig::add_additional_special(const std::string& content) {
  const std::vector<std::string> known = additional_specials();
  if (std::find(known.begin(), known.end(), content) != known.end()) return;
  AddedToken token{content};
  token.special = true;
  additional_.push_back({token, false});
}

std::vector<std::string> TokenizerConfig::additional_specials() const {
  std::vector<std::string> contents;
  for (const SpecialToken& token : additional_) contents.push_back(token.token.content);
  return contents;
}

bool TokenizerConfig::has(std::string_view key) const {
  return main_ != nullptr && JsonNode(*main_).find(key).has_value();
}

bool TokenizerConfig::flag(std::string_view key, bool if_absent) const {
  if (main_ == nullptr || !JsonNode(*main_).has(key)) return if_absent;
  const JsonNode node = JsonNode(*main_).at(key);
  return !node.is_null() && node.boolean();
}

int64_t TokenizerConfig::number(std::string_view key, int64_t if_absent, int64_t largest) const {
  return has(key) ? JsonNode(*main_).at(key).integer(0, largest) : if_absent;
}

std::string TokenizerConfig::text(std::string_view key, const std::string& if_absent) const {
  return has(key) ? JsonNode(*main_).at(key).string() : if_absent;
}

std::vector<AddedToken> TokenizerConfig::specials() const {
  std::vector<AddedToken> tokens;
  for (const SpecialToken* special : specials_in_order()) tokens.push_back(special->token);
  return tokens;
}

std::vector<const TokenizerConfig::SpecialToken*> TokenizerConfig::specials_in_order() const {
  std::vector<const SpecialToken*> all;
  std::set<std::string_view> seen;
  const auto add = [&](const SpecialToken& token) {
    if (seen.insert(token.token.content).second) all.push_back(&token);
  };
  for (const char* key : kSpecialKeys) {
    const auto found = specials_.find(key);
    if (found != specials_.end()) add(found->second);
  }
  for (const SpecialToken& token : additional_) add(token);
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
