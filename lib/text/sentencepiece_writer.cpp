#include "text/sentencepiece_writer.h"

#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "text/base64.h"
#include "text/generated_merges.h"
#include "text/tokenizer_sections.h"

namespace finetune::text {

namespace {

using nlohmann::json;

constexpr const char* kMetaspace = "\u2581";

using ScoredPieces = std::vector<std::pair<std::string, double>>;

json post_processor(const std::vector<std::string>& tokens, const TrainedClass& type) {
  if (type.name == "albert") return bert_template(tokens, type);
  if (type.name == "llama") {
    return template_section(
        {special_step("<s>", 0), text_step("A", 0)},
        {special_step("<s>", 0), text_step("A", 0), special_step("<s>", 1), text_step("B", 1)},
        tokens);
  }
  if (type.name == "xlm-roberta") {
    return template_section({special_step("<s>", 0), text_step("A", 0), special_step("</s>", 0)},
                            {special_step("<s>", 0), text_step("A", 0), special_step("</s>", 0),
                             special_step("</s>", 0), text_step("B", 0), special_step("</s>", 0)},
                            tokens);
  }
  return template_section(
      {text_step("A", 0), special_step("</s>", 0)},
      {text_step("A", 0), special_step("</s>", 0), text_step("B", 0), special_step("</s>", 0)},
      tokens);
}

/// ALBERT makes such pieces a last resort.
bool ends_in_digit_and_comma(std::string_view piece) {
  return piece.size() >= 2 && piece.back() == ',' && piece[piece.size() - 2] >= '0' &&
         piece[piece.size() - 2] <= '9';
}

/// The pieces as the class numbers them: [text, score].
ScoredPieces scored_pieces(const SentencePieceModel& model, const TrainedClass& type) {
  ScoredPieces pieces;
  size_t first = 0;
  if (type.name == "xlm-roberta") {
    pieces = {{"<s>", 0.0}, {"<pad>", 0.0}, {"</s>", 0.0}, {"<unk>", 0.0}};
    first = 3;
  }
  for (size_t i = first; i < model.pieces.size(); ++i) {
    const SentencePieceModel::Piece& piece = model.pieces[i];
    const bool is_penalised = type.name == "albert" && ends_in_digit_and_comma(piece.text);
    pieces.emplace_back(piece.text,
                        static_cast<double>(piece.score) - (is_penalised ? 100.0 : 0.0));
  }
  if (type.name == "xlm-roberta") pieces.emplace_back("<mask>", 0.0);
  return pieces;
}

json unigram_section(const ScoredPieces& pieces, const TrainedClass& type) {
  json vocabulary = json::array();
  for (const auto& [text, score] : pieces) vocabulary.push_back({text, score});
  return {{"type", "Unigram"},
          {"unk_id", type.id_of_role("unk_token")},
          {"vocab", vocabulary},
          {"byte_fallback", false}};
}

json normalizer(const SentencePieceModel& model, const TokenizerSettings& settings) {
  const auto replace = [](const json& pattern, const char* content) {
    return json{{"type", "Replace"}, {"pattern", pattern}, {"content", content}};
  };
  json steps = json::array();
  if (settings.type.name == "llama") {
    steps = {{{"type", "Prepend"}, {"prepend", kMetaspace}},
             replace({{"String", " "}}, kMetaspace)};
    return {{"type", "Sequence"}, {"normalizers", steps}};
  }
  const bool is_albert = settings.type.name == "albert";
  if (is_albert) {
    steps = {replace({{"String", "``"}}, "\""), replace({{"String", "''"}}, "\"")};
    if (settings.lowercase) {
      for (const char* type : {"NFKD", "StripAccents", "Lowercase"})
        steps.push_back({{"type", type}});
    }
  }
  if (!model.charsmap.empty()) {
    steps.push_back(
        {{"type", "Precompiled"}, {"precompiled_charsmap", encode_base64(model.charsmap)}});
  }
  if (!is_albert)
    steps.push_back({{"type", "Strip"}, {"strip_left", false}, {"strip_right", true}});
  steps.push_back(replace({{"Regex", " {2,}"}}, is_albert ? " " : kMetaspace));
  return {{"type", "Sequence"}, {"normalizers", steps}};
}

json metaspace() {
  return {{"type", "Metaspace"},
          {"replacement", kMetaspace},
          {"prepend_scheme", "always"},
          {"split", true}};
}

json llama_decoder() {
  return {{"type", "Sequence"},
          {"decoders",
           {{{"type", "Replace"}, {"pattern", {{"String", kMetaspace}}}, {"content", " "}},
            {{"type", "ByteFallback"}},
            {{"type", "Fuse"}},
            {{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}}}}};
}

json bpe_model(const SentencePieceModel& model, const ScoredPieces& pieces) {
  JsonVocabulary tables;
  std::vector<std::string> tokens;
  for (const auto& [text, score] : pieces) {
    tables.tokens.emplace_back(text, static_cast<int32_t>(tokens.size()));
    tables.scores.push_back(score);
    tokens.push_back(text);
  }
  json section = bpe_section(tokens, generate_merges(model, tables));
  section["unk_token"] = model.unknown_piece;
  section["fuse_unk"] = true;
  section["byte_fallback"] = true;
  return section;
}

}  // namespace

TokenizerFiles sentencepiece_files(const SentencePieceModel& model, const std::string& model_bytes,
                                   const TokenizerSettings& settings) {
  const bool is_llama = settings.type.name == "llama";
  const ScoredPieces pieces = scored_pieces(model, settings.type);
  std::vector<std::string> tokens;
  for (const auto& [text, score] : pieces) tokens.push_back(text);
  json tokenizer = tokenizer_section(tokens, settings);
  tokenizer["normalizer"] = normalizer(model, settings);
  tokenizer["pre_tokenizer"] = is_llama ? json(nullptr) : metaspace();
  tokenizer["post_processor"] = post_processor(tokens, settings.type);
  tokenizer["decoder"] = is_llama ? llama_decoder() : metaspace();
  tokenizer["model"] = is_llama ? bpe_model(model, pieces) : unigram_section(pieces, settings.type);
  const std::string model_file = is_llama                              ? "tokenizer.model"
                                 : settings.type.name == "xlm-roberta" ? "sentencepiece.bpe.model"
                                                                       : "spiece.model";
  TokenizerFiles files = {{"tokenizer.json", file_text(tokenizer)}, {model_file, model_bytes}};
  add_config_files(settings, files);
  return files;
}

}  // namespace finetune::text
