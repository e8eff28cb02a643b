#include "text/token_model.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/strings.h"
#include "text/bpe.h"
#include "text/unigram.h"
#include "text/word_level.h"
#include "text/wordpiece_model.h"

namespace finetune::text {
namespace {

using Merges = std::vector<std::pair<std::string, std::string>>;

/// Old files do not say: then the first model whose keys are all there, as in `tokenizers`.
std::string model_type(const JsonNode& node) {
  if (node.has("type")) {
    return node.at("type").one_of({"BPE", "WordPiece", "WordLevel", "Unigram"});
  }
  if (node.has("merges")) return "BPE";
  if (node.has("max_input_chars_per_word")) return "WordPiece";
  if (node.has("unk_token")) return "WordLevel";
  return "Unigram";
}

void check_ids(const JsonNode& node, const ModelVocabulary& vocabulary) {
  if (vocabulary.tokens.empty()) node.fail("the vocabulary is empty");
  std::vector<bool> is_used;
  for (const auto& [token, id] : vocabulary.tokens) {
    const auto index = static_cast<size_t>(id);
    if (index >= is_used.size()) is_used.resize(index + 1);
    if (is_used[index]) {
      node.fail(
          base::cat("the id ", id, " is given twice, the second time to ", base::quote(token)));
    }
    is_used[index] = true;
  }
}

bool optional_boolean(const JsonNode& node, std::string_view key) {
  const auto found = node.find(key);
  return found && found->boolean();
}

std::string optional_string(const JsonNode& node, std::string_view key) {
  const auto found = node.find(key);
  return found ? found->string() : "";
}

double read_dropout(const JsonNode& node) {
  const auto found = node.find("dropout");
  if (!found) return 0.0;
  const nlohmann::json& value = found->value();
  if (!value.is_number() || value.get<double>() < 0.0 || value.get<double>() > 1.0) {
    found->fail("expected a probability from 0 to 1");
  }
  return value.get<double>();
}

std::unique_ptr<TokenModel> read_bpe(const JsonNode& node, const ModelVocabulary& vocabulary,
                                     const Merges& merges) {
  BpeOptions options;
  if (const auto unknown = node.find("unk_token")) options.unknown_token = unknown->string();
  options.continuing_prefix = optional_string(node, "continuing_subword_prefix");
  options.word_suffix = optional_string(node, "end_of_word_suffix");
  options.fuse_unknown = optional_boolean(node, "fuse_unk");
  options.byte_fallback = optional_boolean(node, "byte_fallback");
  options.ignore_merges = optional_boolean(node, "ignore_merges");
  options.dropout = read_dropout(node);
  node.at("merges");
  return std::make_unique<Bpe>(vocabulary.tokens, merges, std::move(options));
}

std::unique_ptr<TokenModel> read_unigram(const JsonNode& node, const ModelVocabulary& vocabulary) {
  std::optional<int32_t> unknown;
  if (const auto id = node.find("unk_id")) {
    unknown =
        static_cast<int32_t>(id->integer(0, static_cast<int64_t>(vocabulary.tokens.size()) - 1));
  }
  return std::make_unique<Unigram>(vocabulary, unknown, optional_boolean(node, "byte_fallback"));
}

std::unique_ptr<TokenModel> read_word_piece(const JsonNode& node,
                                            const ModelVocabulary& vocabulary) {
  WordPieceOptions options;
  options.unknown_token = node.at("unk_token").string();
  options.continuing_prefix = node.at("continuing_subword_prefix").string();
  options.max_chars_per_word = node.at("max_input_chars_per_word").integer(0, INT64_MAX);
  return std::make_unique<WordPieceModel>(vocabulary.tokens, std::move(options));
}

std::unique_ptr<TokenModel> read_by_type(const JsonNode& node, const ModelVocabulary& vocabulary,
                                         const Merges& merges) {
  const std::string type = model_type(node);
  if (type == "BPE") return read_bpe(node, vocabulary, merges);
  if (type == "Unigram") return read_unigram(node, vocabulary);
  if (type == "WordPiece") return read_word_piece(node, vocabulary);
  return std::make_unique<WordLevel>(vocabulary.tokens, node.at("unk_token").string());
}

}  // namespace

void TokenModel::sample(std::string_view piece, SubwordSampler&, std::vector<Piece>& out) const {
  tokenize(piece, out);
}

std::unique_ptr<TokenModel> read_token_model(const JsonNode& node,
                                             const ModelVocabulary& vocabulary,
                                             const Merges& merges) {
  check_ids(node.at("vocab"), vocabulary);
  return with_context(base::cat("in ", base::quote(node.path())),
                      [&] { return read_by_type(node, vocabulary, merges); });
}

}  // namespace finetune::text
