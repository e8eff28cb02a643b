#include "text/tokenizer_writer.h"

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/strings.h"
#include "text/tokenizer_sections.h"

namespace finetune::text {

namespace {

using nlohmann::json;

json byte_level(bool add_prefix_space, bool trim_offsets) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", add_prefix_space},
          {"trim_offsets", trim_offsets},
          {"use_regex", true}};
}

json roberta_processor(const TrainedClass& type) {
  return {{"type", "RobertaProcessing"},
          {"sep", {"</s>", type.id_of_role("sep_token")}},
          {"cls", {"<s>", type.id_of_role("cls_token")}},
          {"trim_offsets", true},
          {"add_prefix_space", false}};
}

std::string lines_text(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

json words_tokenizer(const std::vector<std::string>& tokens, const TokenizerSettings& settings) {
  json tokenizer = tokenizer_section(tokens, settings);
  tokenizer["normalizer"] = json::parse(normalizer_json(settings));
  tokenizer["pre_tokenizer"] = json::parse(pre_tokenizer_json(settings));
  return tokenizer;
}

}  // namespace

std::string normalizer_json(const TokenizerSettings& settings) {
  if (settings.type.kind != TokenizerKind::kWordPiece)
    return settings.lowercase ? R"({"type":"Lowercase"})" : "null";
  return base::dump_json({{"type", "BertNormalizer"},
                          {"clean_text", true},
                          {"handle_chinese_chars", true},
                          {"strip_accents", nullptr},
                          {"lowercase", settings.lowercase}});
}

std::string pre_tokenizer_json(const TokenizerSettings& settings) {
  if (settings.type.kind == TokenizerKind::kWordPiece) return R"({"type":"BertPreTokenizer"})";
  return base::dump_json(byte_level(false, true));
}

TokenizerFiles wordpiece_files(const std::vector<std::string>& tokens,
                               const TokenizerSettings& settings) {
  json tokenizer = words_tokenizer(tokens, settings);
  tokenizer["post_processor"] = bert_template(tokens, settings.type);
  tokenizer["decoder"] = {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}};
  tokenizer["model"] = {{"type", "WordPiece"},
                        {"unk_token", settings.type.role("unk_token")},
                        {"continuing_subword_prefix", "##"},
                        {"max_input_chars_per_word", 100},
                        {"vocab", vocabulary_section(tokens)}};
  TokenizerFiles files = {{"tokenizer.json", file_text(tokenizer)},
                          {"vocab.txt", lines_text(tokens)}};
  add_config_files(settings, files);
  return files;
}

TokenizerFiles byte_bpe_files(const BpeVocabulary& vocabulary, const TokenizerSettings& settings) {
  json tokenizer = words_tokenizer(vocabulary.tokens, settings);
  tokenizer["post_processor"] = settings.type.role("cls_token") == "<s>"
                                    ? roberta_processor(settings.type)
                                    : byte_level(true, false);
  tokenizer["decoder"] = byte_level(true, true);
  tokenizer["model"] = bpe_section(vocabulary.tokens, vocabulary.merges);
  std::string merges = "#version: 0.2\n";
  for (const auto& [first, second] : vocabulary.merges)
    merges += base::cat(first, " ", second, "\n");
  TokenizerFiles files = {{"tokenizer.json", file_text(tokenizer)},
                          {"vocab.json", file_text(vocabulary_section(vocabulary.tokens))},
                          {"merges.txt", merges}};
  add_config_files(settings, files);
  return files;
}

}  // namespace finetune::text
