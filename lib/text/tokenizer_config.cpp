#include "text/tokenizer_config.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/strings.h"
#include "text/json_node.h"

namespace finetune::text {

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
  if (found == specials_.end() || found->second.has_attributes || found->second.is_final) return;
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

bool TokenizerConfig::prefers_slow_files() const {
  const TokenizerClass* known = known_class();
  const bool can_convert = known != nullptr && (known->conversion == Conversion::kLlama ||
                                                known->conversion == Conversion::kT5);
  return can_convert && has("add_prefix_space");
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
    } else if (!is_mask && (is_converted ? known->wraps_specials() : known->rewraps_specials)) {
      wrap(key, false, is_converted && known->is_normalized);
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
  for (const SpecialToken& token : extra_) add(token);
  return all;
}

void TokenizerConfig::add_tokens(std::vector<AddedToken>& tokens) const {
  const std::vector<const SpecialToken*> specials = specials_in_order();
  std::set<std::string> special_contents, known;
  for (const SpecialToken* special : specials) special_contents.insert(special->token.content);
  for (const AddedToken& token : tokens) known.insert(token.content);
  // What is there already, though replaced since then, is not added again.
  const auto add = [&](AddedToken token) {
    token.special = token.special || special_contents.contains(token.content);
    if (std::find(tokens.begin(), tokens.end(), token) == tokens.end()) tokens.push_back(token);
  };
  for (const auto& [id, token] : added_) {
    known.insert(token.content);
    add(token);
  }
  for (const SpecialToken* special : specials) {
    const bool is_new = known.insert(special->token.content).second;
    if (is_new || special->has_attributes) add(special->token);
  }
}

}  // namespace finetune::text
