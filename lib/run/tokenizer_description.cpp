#include "run/tokenizer_description.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "text/slow_folder.h"
#include "text/tokenizer.h"
#include "text/tokenizer_class.h"
#include "text/tokenizer_config.h"

namespace finetune::run {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr int32_t kShownTokens = 8;

bool is_document_read(const fs::path& folder, const text::TokenizerConfig& config) {
  return fs::exists(folder / "tokenizer.json") && !config.prefers_slow_files();
}

/// The document that defines the tokenizer; null where its files are not turned into one.
json read_document(const fs::path& path) {
  if (!fs::is_directory(path))
    return path.extension() == ".json" ? base::read_json_file(path) : json();
  text::TokenizerConfig config = text::TokenizerConfig::read(path);
  if (is_document_read(path, config)) return base::read_json_file(path / "tokenizer.json");
  if (!text::is_slow_folder(path, config)) return json();
  text::JsonVocabulary tables;
  return text::convert_slow_folder(path, config, tables);
}

/// "NFD, Lowercase": the types of a section, those of a sequence one after the other.
std::string types_of(const json& section) {
  if (!section.is_object()) return "none";
  std::string type = section.value("type", "?");
  if (type != "Sequence") return type;
  std::string types;
  for (const auto& [key, parts] : section.items()) {
    if (!parts.is_array()) continue;
    for (const json& part : parts) types += (types.empty() ? "" : ", ") + types_of(part);
  }
  return types;
}

json describe_parts(const json& document) {
  json parts = json::object();
  for (const char* key : {"normalizer", "pre_tokenizer", "model", "post_processor", "decoder"})
    parts[key] = types_of(document.value(key, json()));
  return parts;
}

/// Special tokens, by id, with the roles that tokenizer_config.json gives them.
json describe_specials(const text::Tokenizer& tokenizer, const json& document,
                       const fs::path& path) {
  std::map<std::string, std::vector<std::string>> roles;
  if (document.is_object()) {
    for (const json& token : document.value("added_tokens", json::array())) {
      if (token.value("special", false)) roles[token.value("content", "")];
    }
  }
  if (fs::is_directory(path)) {
    text::TokenizerConfig config = text::TokenizerConfig::read(path);
    config.set_class_specials(!is_document_read(path, config));
    for (const text::AddedToken& token : config.specials()) roles[token.content];
    for (const char* key : text::kSpecialKeys) {
      if (const auto content = config.special(key)) roles[*content].emplace_back(key);
    }
  }
  json specials = json::array();
  for (const auto& [content, names] : roles) {
    const auto id = tokenizer.id_of(content);
    if (id) specials.push_back({{"id", *id}, {"token", content}, {"roles", names}});
  }
  std::sort(specials.begin(), specials.end(),
            [](const json& a, const json& b) { return a.at("id") < b.at("id"); });
  return specials;
}

json describe_vocabulary(const text::Tokenizer& tokenizer) {
  const int32_t size = tokenizer.vocab_size();
  const auto tokens = [&](int32_t begin, int32_t end) {
    json list = json::array();
    for (int32_t id = std::max(begin, 0); id < std::min(end, size); ++id)
      list.push_back(std::string(tokenizer.token(id)));
    return list;
  };
  return {{"first", tokens(0, kShownTokens)},
          {"middle", tokens(size / 2, size / 2 + kShownTokens)},
          {"last", tokens(std::max(size - kShownTokens, kShownTokens), size)}};
}

json describe_example(const text::Tokenizer& tokenizer, const char* sample) {
  text::Encoding encoding;
  try {
    tokenizer.encode(sample, {}, encoding);
  } catch (const CheckpointError& error) {  // a text that the model cannot write is no reason to
    return {{"text", sample}, {"error", error.what()}};  // tell nothing about the model
  }
  json tokens = json::array();
  for (const int32_t id : encoding.ids) tokens.push_back(std::string(tokenizer.token(id)));
  return {{"text", sample},
          {"tokens", tokens},
          {"ids", encoding.ids},
          {"decoded", tokenizer.decode(encoding.ids, true)}};
}

json describe_examples(const text::Tokenizer& tokenizer) {
  json examples = json::array();
  for (const char* sample :
       {"Hello, world!", "Tokenizers split unfriendliness in 2024.", "naïve café, 你好 😀"}) {
    examples.push_back(describe_example(tokenizer, sample));
  }
  return examples;
}

}  // namespace

json describe_tokenizer(const fs::path& path) {
  const auto tokenizer = text::load_tokenizer(path);
  const json document = read_document(path);
  json description = {{"kind", tokenizer->description()},
                      {"vocab_size", tokenizer->vocab_size()},
                      {"special_tokens", describe_specials(*tokenizer, document, path)},
                      {"vocabulary", describe_vocabulary(*tokenizer)},
                      {"examples", describe_examples(*tokenizer)}};
  if (document.is_object()) description["parts"] = describe_parts(document);
  if (const auto id = tokenizer->pad_id())
    description["pad"] = {{"id", *id}, {"token", tokenizer->token(*id)}};
  if (const auto id = tokenizer->unknown_id())
    description["unknown"] = {{"id", *id}, {"token", tokenizer->token(*id)}};
  return description;
}

bool has_tokenizer(const fs::path& folder) {
  const std::vector<std::string> files = text::tokenizer_files(folder);
  return std::ranges::any_of(files, [](const std::string& name) {
    return name != "tokenizer_config.json" && name != "special_tokens_map.json" &&
           name != "added_tokens.json";
  });
}

}  // namespace finetune::run
