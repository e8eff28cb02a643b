#include "text/class_overlay.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/strings.h"
#include "text/json_node.h"
#include "text/template_json.h"
#include "text/token_ids.h"

namespace finetune::text {
namespace {

using nlohmann::json;

void set_if_there(json& section, const char* key, bool value) {
  if (section.is_object() && section.contains(key)) section[key] = value;
}

std::vector<AddedToken> added_tokens(const json& root, const TokenizerConfig& config) {
  std::vector<AddedToken> added;
  if (const auto list = JsonNode(root).find("added_tokens")) {
    for (const JsonNode& node : list->items()) {
      added.push_back({node.at("content").string()});
      added.back().special = node.at("special").boolean();
    }
  }
  config.add_tokens(added);
  return added;
}

/// LlamaTokenizerFast writes its template anew, whatever the file says.
json llama_template(const TokenizerConfig& config, const JsonVocabulary& tables, const json& root) {
  TokenIds ids(tables.tokens);
  for (const AddedToken& token : added_tokens(root, config)) ids.add(token.content);
  std::vector<std::pair<std::string, int32_t>> specials;
  const auto find = [&](const char* key, const char* flag, bool by_default) {
    std::vector<TemplateStep> step;
    if (!config.flag(flag, by_default)) return step;
    const std::string content = config.special(key).value_or("");
    const std::optional<int32_t> id = ids.find(content);
    if (!id) throw CheckpointError(base::cat("tokenizer_config.json: ", flag, " needs a ", key));
    specials.emplace_back(content, *id);
    step.push_back({content, 0});
    return step;
  };
  const std::vector<TemplateStep> bos = find("bos_token", "add_bos_token", true);
  const std::vector<TemplateStep> eos = find("eos_token", "add_eos_token", false);
  std::vector<TemplateStep> single, pair;
  const auto add = [](std::vector<TemplateStep>& to, std::vector<TemplateStep> steps,
                      int32_t type) {
    for (TemplateStep& step : steps) {
      step.type_id = type;
      to.push_back(step);
    }
  };
  add(single, bos, 0);
  add(single, {{"A", 0, true}}, 0);
  add(single, eos, 0);
  pair = single;
  add(pair, bos, 1);
  add(pair, {{"B", 1, true}}, 1);
  add(pair, eos, 1);
  return make_template(single, pair, specials);
}

}  // namespace

void lay_class_over(const TokenizerConfig& config, const JsonVocabulary& tables, json& root) {
  if (!config.exists() || !root.is_object()) return;
  const TokenizerClass* known = config.known_class();
  const bool add_prefix_space = config.flag("add_prefix_space", false);
  if (root.contains("pre_tokenizer")) {
    set_if_there(root["pre_tokenizer"], "add_prefix_space", add_prefix_space);
  }
  if (known == nullptr) return;
  if (known->conversion == Conversion::kRoberta && root.contains("post_processor")) {
    set_if_there(root["post_processor"], "add_prefix_space", add_prefix_space);
    set_if_there(root["post_processor"], "trim_offsets", config.flag("trim_offsets", true));
  }
  if (known->conversion == Conversion::kLlama) {
    root["post_processor"] = llama_template(config, tables, root);
  }
}

}  // namespace finetune::text
