#include "text/vocab_folder.h"

#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/strings.h"
#include "text/json_node.h"

namespace finetune::text {
namespace {

using nlohmann::json;

std::vector<std::pair<std::string, int32_t>> read_vocabulary(std::string_view text) {
  std::map<std::string, int32_t> ids;  // of equal lines the last counts
  int32_t line = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view token = text.substr(0, end);
    if (!base::is_valid_utf8(token)) {
      throw CheckpointError(base::cat("line ", line + 1, " is not UTF-8: ", base::quote(token)));
    }
    if (line == 0 && token.starts_with("\xEF\xBB\xBF")) {
      throw CheckpointError("line 1 begins with a byte-order mark; remove it");
    }
    if (line >= Vocabulary::kMaxIds) {
      throw CheckpointError(base::cat("more than ", Vocabulary::kMaxIds, " lines"));
    }
    ids[std::string(token)] = line++;
    const bool is_crlf = text.substr(end).starts_with("\r\n");
    text.remove_prefix(std::min(end + (is_crlf ? 2 : 1), text.size()));
  }
  if (ids.empty()) throw CheckpointError("the file is empty");
  return {ids.begin(), ids.end()};
}

std::string special_token(const JsonNode& config, std::string_view key, std::string otherwise) {
  const std::optional<JsonNode> node = config.find(key);
  if (!node) return otherwise;
  return node->has("content") ? node->at("content").string() : node->string();
}

BertNormalizerOptions read_normalizer(const JsonNode& config) {
  BertNormalizerOptions options;
  if (const auto node = config.find("do_lower_case")) options.lowercase = node->boolean();
  if (const auto node = config.find("strip_accents")) options.strip_accents = node->boolean();
  if (const auto node = config.find("tokenize_chinese_chars")) {
    options.handle_chinese_chars = node->boolean();
  }
  return options;
}

PostProcessor bert_template(int32_t cls, int32_t sep) {
  using Source = TemplatePiece::Source;
  const TemplatePiece start{Source::kSpecial, 0, {cls}};
  const TemplatePiece end{Source::kSpecial, 0, {sep}};
  const TemplatePiece second_end{Source::kSpecial, 1, {sep}};
  const TemplatePiece first{Source::kFirst, 0};
  const TemplatePiece second{Source::kSecond, 1};
  return {{start, first, end}, {start, first, end, second, second_end}};
}

BertParts build(const JsonNode& config, std::vector<std::pair<std::string, int32_t>> vocabulary) {
  BertParts parts;
  parts.normalizer = read_normalizer(config);
  parts.model.unknown_token = special_token(config, "unk_token", "[UNK]");
  parts.pad_token = special_token(config, "pad_token", "[PAD]");
  parts.decoder = WordPieceDecoder{};
  std::map<std::string, int32_t> ids(vocabulary.begin(), vocabulary.end());
  const auto add_special = [&](const std::string& content) {
    const auto found = ids.find(content);
    if (found == ids.end()) {
      throw CheckpointError(base::cat("the special token ", base::quote(content), " is missing"));
    }
    AddedToken token{content};
    token.special = true;
    parts.added_tokens.push_back(token);
    return found->second;
  };
  add_special(parts.pad_token);
  add_special(parts.model.unknown_token);
  const int32_t cls = add_special(special_token(config, "cls_token", "[CLS]"));
  const int32_t sep = add_special(special_token(config, "sep_token", "[SEP]"));
  add_special(special_token(config, "mask_token", "[MASK]"));
  parts.post_processor = bert_template(cls, sep);
  parts.vocabulary = std::move(vocabulary);
  return parts;
}

}  // namespace

BertParts read_vocab_folder(const std::filesystem::path& vocab_file) {
  const auto config_file = vocab_file.parent_path() / "tokenizer_config.json";
  const json config =
      std::filesystem::exists(config_file) ? base::read_json_file(config_file) : json::object();
  return with_context(base::cat("reading ", base::quote(vocab_file.string())), [&] {
    return build(JsonNode(config), read_vocabulary(base::read_file(vocab_file)));
  });
}

}  // namespace finetune::text
