#include "text/tokenizer_json.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/strings.h"
#include "text/json_node.h"
#include "text/json_vocabulary.h"

namespace finetune::text {
namespace {

using nlohmann::json;

constexpr int64_t kLargestId = Vocabulary::kMaxIds - 1;

AddedToken read_added_token(const JsonNode& node) {
  AddedToken token;
  token.content = node.at("content").string();
  token.single_word = node.at("single_word").boolean();
  token.lstrip = node.at("lstrip").boolean();
  token.rstrip = node.at("rstrip").boolean();
  token.normalized = node.at("normalized").boolean();
  token.special = node.at("special").boolean();
  node.at("id").integer(0, kLargestId);
  return token;
}

BertNormalizerOptions read_normalizer(const JsonNode& root) {
  const std::optional<JsonNode> node = root.find("normalizer");
  if (!node) return {false, false, false, false};
  node->at("type").one_of({"BertNormalizer"});
  BertNormalizerOptions options;
  options.clean_text = node->at("clean_text").boolean();
  options.handle_chinese_chars = node->at("handle_chinese_chars").boolean();
  if (const auto strip = node->find("strip_accents")) options.strip_accents = strip->boolean();
  options.lowercase = node->at("lowercase").boolean();
  return options;
}

void check_pre_tokenizer(const JsonNode& root) {
  const std::optional<JsonNode> node = root.find("pre_tokenizer");
  if (!node) root.fail("'/pre_tokenizer': a tokenizer without one is not supported yet");
  node->at("type").one_of({"BertPreTokenizer"});
}

using Tokens = std::vector<std::pair<std::string, int32_t>>;

/// The vocabulary as the general parser read it: where extract_vocabulary() did not.
Tokens read_vocabulary(const JsonNode& node) {
  Tokens tokens;
  for (const auto& [token, id] : node.members()) {
    tokens.emplace_back(token, static_cast<int32_t>(id.integer(0, kLargestId)));
  }
  return tokens;
}

void check_vocabulary(const JsonNode& node, const Tokens& tokens) {
  if (tokens.empty()) node.fail("the vocabulary is empty");
  std::vector<bool> is_used;
  for (const auto& [token, id] : tokens) {
    const auto index = static_cast<size_t>(id);
    if (index >= is_used.size()) is_used.resize(index + 1);
    if (is_used[index]) {
      node.fail(
          base::cat("the id ", id, " is given twice, the second time to ", base::quote(token)));
    }
    is_used[index] = true;
  }
}

WordPieceOptions read_model_options(const JsonNode& model) {
  WordPieceOptions options;
  options.unknown_token = model.at("unk_token").string();
  options.continuing_prefix = model.at("continuing_subword_prefix").string();
  options.max_chars_per_word = model.at("max_input_chars_per_word").integer(0, INT64_MAX);
  return options;
}

std::vector<int32_t> read_special_ids(const JsonNode& root, const std::string& name,
                                      const JsonNode& piece) {
  const JsonNode specials = root.at("special_tokens");
  if (!specials.has(name)) {
    piece.fail(base::cat("the special token ", base::quote(name), " is not in special_tokens"));
  }
  std::vector<int32_t> ids;
  for (const JsonNode& id : specials.at(name).at("ids").items()) {
    ids.push_back(static_cast<int32_t>(id.integer(0, kLargestId)));
  }
  return ids;
}

PostProcessor::Template read_template(const JsonNode& root, std::string_view key, bool is_pair) {
  PostProcessor::Template pieces;
  for (const JsonNode& node : root.at(key).items()) {
    TemplatePiece piece;
    const bool is_special = node.has("SpecialToken");
    const JsonNode body = is_special ? node.at("SpecialToken") : node.at("Sequence");
    piece.type_id = static_cast<int32_t>(body.at("type_id").integer(0, INT32_MAX));
    const std::string& id = body.at("id").string();
    if (is_special) {
      piece.source = TemplatePiece::Source::kSpecial;
      piece.special_ids = read_special_ids(root, id, body);
    } else if (id == "A") {
      piece.source = TemplatePiece::Source::kFirst;
    } else if (id == "B" && is_pair) {
      piece.source = TemplatePiece::Source::kSecond;
    } else {
      body.at("id").fail(base::cat("there is no sequence ", base::quote(id), " here"));
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

/// BertProcessing names one token each: ["[SEP]", 102].
TemplatePiece read_token_pair(const JsonNode& node, int32_t type_id) {
  const std::vector<JsonNode> items = node.items();
  if (items.size() != 2) node.fail("expected a token and its id");
  items[0].string();
  const auto id = static_cast<int32_t>(items[1].integer(0, kLargestId));
  return {TemplatePiece::Source::kSpecial, type_id, {id}};
}

PostProcessor read_post_processor(const JsonNode& root) {
  const std::optional<JsonNode> node = root.find("post_processor");
  if (!node) return {};
  const std::string& type = node->at("type").one_of({"TemplateProcessing", "BertProcessing"});
  if (type == "TemplateProcessing") {
    return {read_template(*node, "single", false), read_template(*node, "pair", true)};
  }
  const TemplatePiece cls = read_token_pair(node->at("cls"), 0);
  const TemplatePiece sep = read_token_pair(node->at("sep"), 0);
  const TemplatePiece second_sep = read_token_pair(node->at("sep"), 1);
  const TemplatePiece first{TemplatePiece::Source::kFirst, 0};
  const TemplatePiece second{TemplatePiece::Source::kSecond, 1};
  return {{cls, first, sep}, {cls, first, sep, second, second_sep}};
}

std::optional<WordPieceDecoder> read_decoder(const JsonNode& root) {
  const std::optional<JsonNode> node = root.find("decoder");
  if (!node) return std::nullopt;
  node->at("type").one_of({"WordPiece"});
  return WordPieceDecoder{node->at("prefix").string(), node->at("cleanup").boolean()};
}

void check_version(const JsonNode& root) {
  if (!root.has("version")) return;
  const std::string& version = root.at("version").string();
  if (version != "1.0") root.at("version").fail(base::cat(base::quote(version), " is not '1.0'"));
}

BertParts read_parts(const JsonNode& root, std::optional<JsonVocabulary> extracted) {
  check_version(root);
  const JsonNode model = root.at("model");
  if (model.has("type")) model.at("type").one_of({"WordPiece"});
  BertParts parts;
  parts.model = read_model_options(model);
  parts.normalizer = read_normalizer(root);
  check_pre_tokenizer(root);
  parts.post_processor = read_post_processor(root);
  parts.decoder = read_decoder(root);
  if (const auto tokens = root.find("added_tokens")) {
    for (const JsonNode& token : tokens->items()) {
      parts.added_tokens.push_back(read_added_token(token));
    }
  }
  if (const auto truncation = root.find("truncation")) truncation->at("max_length");
  if (const auto padding = root.find("padding")) {
    parts.pad_token = padding->at("pad_token").string();
  }
  const JsonNode vocabulary = model.at("vocab");
  parts.vocabulary = extracted ? std::move(extracted->tokens) : read_vocabulary(vocabulary);
  check_vocabulary(vocabulary, parts.vocabulary);
  return parts;
}

}  // namespace

BertParts read_tokenizer_json(const std::filesystem::path& file) {
  const base::MappedFile mapped(file);
  std::optional<JsonVocabulary> extracted =
      extract_vocabulary(mapped.text(), static_cast<int32_t>(kLargestId));
  const std::string_view text = extracted ? extracted->rest : mapped.text();
  const json value = base::parse_json(text, file.string());
  return with_context(base::cat("reading ", base::quote(file.string())),
                      [&] { return read_parts(JsonNode(value), std::move(extracted)); });
}

}  // namespace finetune::text
