#include "text/bert_json.h"

#include <algorithm>
#include <initializer_list>

#include "text/post_processor_json.h"

namespace finetune::text {
namespace {

/// The section `key` is absent (where `may_be_absent`) or of one of `types`.
bool has_type(const JsonNode& root, std::string_view key, bool may_be_absent,
              std::initializer_list<std::string_view> types) {
  const std::optional<JsonNode> node = root.find(key);
  if (!node) return may_be_absent;
  const std::optional<JsonNode> type = node->find("type");
  return type && std::find(types.begin(), types.end(), type->string()) != types.end();
}

/// Then it is RoBERTa's, whatever its type says.
bool has_trimming_processor(const JsonNode& root) {
  const std::optional<JsonNode> node = root.find("post_processor");
  return node && node->has("trim_offsets");
}

}  // namespace

BertNormalizerOptions read_bert_normalizer(const JsonNode& node) {
  BertNormalizerOptions options;
  options.clean_text = node.at("clean_text").boolean();
  options.handle_chinese_chars = node.at("handle_chinese_chars").boolean();
  if (const auto strip = node.find("strip_accents")) options.strip_accents = strip->boolean();
  options.lowercase = node.at("lowercase").boolean();
  return options;
}

bool is_bert_shape(const JsonNode& root) {
  return has_type(root, "normalizer", true, {"BertNormalizer"}) &&
         has_type(root, "pre_tokenizer", false, {"BertPreTokenizer"}) &&
         has_type(root, "model", false, {"WordPiece"}) &&
         has_type(root, "post_processor", true, {"TemplateProcessing", "BertProcessing"}) &&
         has_type(root, "decoder", true, {"WordPiece"}) && !has_trimming_processor(root);
}

BertParts read_bert_sections(const JsonNode& root) {
  BertParts parts;
  const std::optional<JsonNode> normalizer = root.find("normalizer");
  parts.normalizer = normalizer ? read_bert_normalizer(*normalizer)
                                : BertNormalizerOptions{false, false, false, false};
  const JsonNode model = root.at("model");
  parts.model.unknown_token = model.at("unk_token").string();
  parts.model.continuing_prefix = model.at("continuing_subword_prefix").string();
  parts.model.max_chars_per_word = model.at("max_input_chars_per_word").integer(0, INT64_MAX);
  if (const auto node = root.find("post_processor")) {
    parts.post_processor = read_post_processor(*node);
  }
  if (const auto node = root.find("decoder")) {
    parts.decoder = {node->at("prefix").string(), node->at("cleanup").boolean()};
  }
  return parts;
}

}  // namespace finetune::text
