#include "text/tokenizer_sections.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"

namespace finetune::text {

using nlohmann::json;

namespace {

size_t id_of(const std::string& token, const std::vector<std::string>& tokens) {
  const auto at = std::ranges::find(tokens, token);
  if (at == tokens.end())
    throw InternalError("the special token " + token + " is not in the vocabulary");
  return static_cast<size_t>(at - tokens.begin());
}

json added_token(size_t id, const std::string& content, const TrainedClass& type) {
  const bool is_mask = content == type.role("mask_token");
  return {{"id", id},
          {"content", content},
          {"single_word", false},
          {"lstrip", is_mask && type.kind != TokenizerKind::kWordPiece},
          {"rstrip", false},
          {"normalized", false},
          {"special", true}};
}

/// The special tokens of the class and the additional ones, by id.
json added_tokens(const std::vector<std::string>& tokens, const TokenizerSettings& settings) {
  json added = json::array();
  for (const auto* names : {&settings.type.specials, &settings.additional_specials}) {
    for (const std::string& name : *names)
      added.push_back(added_token(id_of(name, tokens), name, settings.type));
  }
  std::sort(added.begin(), added.end(),
            [](const json& a, const json& b) { return a.at("id") < b.at("id"); });
  return added;
}

}  // namespace

std::string file_text(const json& value) { return base::dump_json(value, 2) + "\n"; }

json special_step(const std::string& token, int type_id) {
  return {{"SpecialToken", {{"id", token}, {"type_id", type_id}}}};
}
json text_step(const char* name, int type_id) {
  return {{"Sequence", {{"id", name}, {"type_id", type_id}}}};
}

json template_section(const json& single, const json& pair,
                      const std::vector<std::string>& tokens) {
  json specials = json::object();
  for (const json& step : pair) {
    if (!step.contains("SpecialToken")) continue;
    const auto token = step.at("SpecialToken").at("id").get<std::string>();
    specials[token] = {{"id", token}, {"ids", {id_of(token, tokens)}}, {"tokens", {token}}};
  }
  return {{"type", "TemplateProcessing"},
          {"single", single},
          {"pair", pair},
          {"special_tokens", specials}};
}

json bert_template(const std::vector<std::string>& tokens, const TrainedClass& type) {
  const std::string cls = type.role("cls_token");
  const std::string sep = type.role("sep_token");
  return template_section({special_step(cls, 0), text_step("A", 0), special_step(sep, 0)},
                          {special_step(cls, 0), text_step("A", 0), special_step(sep, 0),
                           text_step("B", 1), special_step(sep, 1)},
                          tokens);
}

json tokenizer_section(const std::vector<std::string>& tokens, const TokenizerSettings& settings) {
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", added_tokens(tokens, settings)}};
}

void add_config_files(const TokenizerSettings& settings, TokenizerFiles& files) {
  json specials = json::object();
  for (const auto& [role, token] : settings.type.roles) specials[role] = token;
  if (!settings.additional_specials.empty())
    specials["additional_special_tokens"] = settings.additional_specials;
  json config = {{"tokenizer_class", settings.type.type_name}};
  config.update(specials);
  config["clean_up_tokenization_spaces"] = false;
  if (settings.type.kind == TokenizerKind::kWordPiece || settings.type.name == "albert")
    config["do_lower_case"] = settings.lowercase;
  if (settings.type.name == "albert") config["keep_accents"] = !settings.lowercase;
  if (settings.type.kind == TokenizerKind::kByteBpe) config["add_prefix_space"] = false;
  if (settings.type.name == "t5") config["extra_ids"] = 0;
  if (settings.type.name == "t5" || settings.type.name == "llama") config["legacy"] = true;
  if (settings.type.name == "llama") config["add_bos_token"] = true;
  files["tokenizer_config.json"] = file_text(config);
  files["special_tokens_map.json"] = file_text(specials);
}

json vocabulary_section(const std::vector<std::string>& tokens) {
  json vocabulary = json::object();
  for (size_t id = 0; id < tokens.size(); ++id) vocabulary[tokens[id]] = id;
  return vocabulary;
}

json bpe_section(const std::vector<std::string>& tokens,
                 const std::vector<std::pair<std::string, std::string>>& merges) {
  json pairs = json::array();
  for (const auto& [first, second] : merges) pairs.push_back({first, second});
  return {{"type", "BPE"},
          {"dropout", nullptr},
          {"unk_token", nullptr},
          {"continuing_subword_prefix", nullptr},
          {"end_of_word_suffix", nullptr},
          {"fuse_unk", false},
          {"byte_fallback", false},
          {"ignore_merges", false},
          {"vocab", vocabulary_section(tokens)},
          {"merges", pairs}};
}

}  // namespace finetune::text
