#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "text/tokenizer_writer.h"
#include "text/trained_class.h"

namespace finetune::text {

/// Sections of the JSON files of a tokenizer, as several classes share them.

/// A whole tokenizer.json but for normalizer, pre-tokenizer, post-processor, decoder and model.
/// `tokens` are the vocabulary by id.
nlohmann::json tokenizer_section(const std::vector<std::string>& tokens,
                                 const TokenizerSettings& settings);
nlohmann::json bpe_section(const std::vector<std::string>& tokens,
                           const std::vector<std::pair<std::string, std::string>>& merges);
nlohmann::json vocabulary_section(const std::vector<std::string>& tokens);

/// Steps of a template, and the post-processor of templates for one and for two texts. `tokens` as
/// above.
nlohmann::json special_step(const std::string& token, int type_id);
nlohmann::json text_step(const char* name, int type_id);
nlohmann::json template_section(const nlohmann::json& single, const nlohmann::json& pair,
                                const std::vector<std::string>& tokens);
/// [CLS] $A [SEP] $B:1 [SEP]:1
nlohmann::json bert_template(const std::vector<std::string>& tokens, const TrainedClass& type);

/// tokenizer_config.json and special_tokens_map.json.
void add_config_files(const TokenizerSettings& settings, TokenizerFiles& files);

/// The text of a JSON file.
std::string file_text(const nlohmann::json& value);

}  // namespace finetune::text
