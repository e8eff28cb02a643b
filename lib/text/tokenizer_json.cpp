#include "text/tokenizer_json.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/strings.h"
#include "text/bert_json.h"
#include "text/class_overlay.h"
#include "text/fast_encoder.h"
#include "text/pipeline_tokenizer.h"
#include "text/post_processor_json.h"

namespace finetune::text {
namespace {

using nlohmann::json;

AddedToken read_added_token(const JsonNode& node) {
  AddedToken token;
  token.content = node.at("content").string();
  token.single_word = node.at("single_word").boolean();
  token.lstrip = node.at("lstrip").boolean();
  token.rstrip = node.at("rstrip").boolean();
  token.normalized = node.at("normalized").boolean();
  token.special = node.at("special").boolean();
  node.at("id").integer(0, Vocabulary::kMaxIds - 1);
  return token;
}

std::vector<AddedToken> read_added_tokens(const JsonNode& root, const TokenizerConfig* config) {
  std::vector<AddedToken> added;
  if (const auto tokens = root.find("added_tokens")) {
    for (const JsonNode& token : tokens->items()) added.push_back(read_added_token(token));
  }
  if (config != nullptr) config->add_tokens(added);
  return added;
}

std::string read_pad_token(const LengthSettings& lengths, const TokenizerConfig* config) {
  const std::string in_file = lengths.padding ? lengths.padding->token : "[PAD]";
  return config == nullptr ? in_file : config->special("pad_token").value_or(in_file);
}

LengthSettings read_lengths(const JsonNode& root, const TokenizerConfig* config) {
  LengthSettings lengths = read_length_settings(root);
  if (config != nullptr) lengths.side = config->truncation_side().value_or(lengths.side);
  return lengths;
}

void check_root(const JsonNode& root) {
  static constexpr std::array kKeys = {"version",        "truncation", "padding",
                                       "added_tokens",   "normalizer", "pre_tokenizer",
                                       "post_processor", "decoder",    "model"};
  for (const auto& [key, value] : root.value().items()) {
    if (std::ranges::find(kKeys, key) == kKeys.end()) {
      root.fail(base::cat("the key ", base::quote(key), " is unknown"));
    }
  }
  if (root.has("version")) {
    const std::string& version = root.at("version").string();
    if (version != "1.0") root.at("version").fail(base::cat(base::quote(version), " is not '1.0'"));
  }
}

/// Changes whenever anything in the file or beside it does that encoding could depend on.
uint64_t fingerprint(const JsonNode& root, const JsonVocabulary& tables,
                     const std::vector<AddedToken>& added) {
  std::string all = "pipeline 2\n" + base::dump_json(root.value());
  const auto append_bytes = [&all](auto number) {
    char bytes[sizeof(number)];
    std::memcpy(bytes, &number, sizeof(number));
    all.append(bytes, sizeof(number));
  };
  const auto append = [&](std::string_view text) {
    append_bytes(text.size());
    all += text;
  };
  for (const AddedToken& token : added) {
    append(token.content);
    all +=
        base::cat(token.single_word, token.lstrip, token.rstrip, token.normalized, token.special);
  }
  for (const auto& [token, id] : tables.tokens) {
    append(token);
    append_bytes(id);
  }
  for (const double score : tables.scores) append_bytes(score);
  for (const auto& [left, right] : tables.merges) {
    append(left);
    append(right);
  }
  return base::hash64(all);
}

using Tokens = std::vector<std::pair<std::string, int32_t>>;

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

std::unique_ptr<Tokenizer> make_bert(const JsonNode& root, JsonVocabulary tables,
                                     const TokenizerConfig* config) {
  const LengthSettings lengths = read_lengths(root, config);
  BertParts parts = read_bert_sections(root);
  if (config != nullptr && config->is_bert_class()) {
    parts.added_normalizer = parts.normalizer;  // transformers has built its table of them by then
    const bool clean_text = parts.normalizer.clean_text;
    parts.normalizer = config->normalizer();
    parts.normalizer.clean_text = clean_text;
  }
  parts.added_tokens = read_added_tokens(root, config);
  parts.splits_specials = config != nullptr && config->splits_specials();
  parts.pad_token = read_pad_token(lengths, config);
  parts.cleans_up_spaces = config != nullptr && config->cleans_up_spaces();
  parts.post_processor.set_lengths(lengths);
  check_vocabulary(root.at("model").at("vocab"), tables.tokens);
  parts.vocabulary = std::move(tables.tokens);
  return make_bert_tokenizer(parts);
}

std::unique_ptr<Tokenizer> make_pipeline(const JsonNode& root, JsonVocabulary tables,
                                         const TokenizerConfig* config) {
  const LengthSettings lengths = read_lengths(root, config);
  PipelineParts parts;
  parts.added_tokens = read_added_tokens(root, config);
  parts.fingerprint = fingerprint(root, tables, parts.added_tokens);
  if (const auto node = root.find("normalizer")) parts.normalizer = read_normalizer(*node);
  if (const auto node = root.find("pre_tokenizer")) {
    parts.pre_tokenizer = read_pre_tokenizer(*node);
  }
  parts.model = read_token_model(
      root.at("model"), {std::move(tables.tokens), std::move(tables.scores)}, tables.merges);
  if (const auto node = root.find("post_processor")) {
    parts.post_processor = read_post_processor(*node);
  }
  if (const auto node = root.find("decoder")) parts.decoder = read_decoder(*node);
  parts.splits_specials = config != nullptr && config->splits_specials();
  parts.pad_token = read_pad_token(lengths, config);
  parts.post_processor.set_lengths(lengths);
  parts.cleans_up_spaces = config != nullptr && config->cleans_up_spaces();
  parts.fast_encoder = make_fast_encoder(root, *parts.model);
  return make_pipeline_tokenizer(std::move(parts));
}

}  // namespace

std::unique_ptr<Tokenizer> make_tokenizer(const JsonNode& root,
                                          std::optional<JsonVocabulary> tables,
                                          const TokenizerConfig* config) {
  check_root(root);
  if (!tables) tables = read_vocabulary(root.at("model"), Vocabulary::kMaxIds - 1);
  if (is_bert_shape(root)) return make_bert(root, *std::move(tables), config);
  return make_pipeline(root, *std::move(tables), config);
}

std::unique_ptr<Tokenizer> read_tokenizer_json(const std::filesystem::path& file,
                                               const TokenizerConfig* config) {
  const base::MappedFile mapped(file);
  std::optional<JsonVocabulary> tables = extract_vocabulary(mapped.text(), Vocabulary::kMaxIds - 1);
  json value = base::parse_json(tables ? tables->rest : mapped.text(), file.string());
  return with_context(base::cat("reading ", base::quote(file.string())), [&] {
    if (config != nullptr) {
      if (!tables) tables = read_vocabulary(JsonNode(value).at("model"), Vocabulary::kMaxIds - 1);
      lay_class_over(*config, *tables, value);
    }
    return make_tokenizer(JsonNode(value), std::move(tables), config);
  });
}

}  // namespace finetune::text
