#include "run/generation_config.h"

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "models/language_model.h"
#include "models/seq2seq_model.h"

namespace finetune::run {

using nlohmann::json;

namespace {

json or_null(const std::optional<int32_t>& id) { return id ? json(*id) : json(nullptr); }

/// An id is written alone, several as an array.
json one_or_more(const std::vector<int32_t>& ids) {
  if (ids.empty()) return nullptr;
  return ids.size() == 1 ? json(ids.front()) : json(ids);
}

void add(json& object, const char* key, const std::optional<int64_t>& id) {
  if (id) object[key] = *id;
}

json early_stopping_json(decode::EarlyStopping early_stopping) {
  if (early_stopping == decode::EarlyStopping::kNever) return "never";
  return early_stopping == decode::EarlyStopping::kFirstFinished;
}

json length_json(int64_t length) { return length > 0 ? json(length) : json(nullptr); }

}  // namespace

json generation_settings(const decode::Options& options) {
  return {{"num_beams", options.num_beams},
          {"max_new_tokens", length_json(options.max_new_tokens)},
          {"max_length", length_json(options.max_length)},
          {"min_new_tokens", options.min_new_tokens},
          {"min_length", options.min_length},
          {"length_penalty", options.length_penalty},
          {"early_stopping", early_stopping_json(options.early_stopping)},
          {"num_return_sequences", options.num_return_sequences},
          {"do_sample", options.do_sample},
          {"temperature", options.temperature},
          {"top_k", options.top_k},
          {"top_p", options.top_p},
          {"min_p", options.min_p ? json(*options.min_p) : json(nullptr)},
          {"repetition_penalty", options.repetition_penalty},
          {"no_repeat_ngram_size", options.no_repeat_ngram_size},
          {"renormalize_logits", options.renormalize_logits},
          {"decoder_start_token_id", or_null(options.decoder_start_token_id)},
          {"forced_bos_token_id", or_null(options.forced_bos_token_id)},
          {"forced_eos_token_id", or_null(options.forced_eos_token_id)},
          {"eos_token_id", one_or_more(options.eos_token_ids)},
          {"suppress_tokens",
           options.suppress_tokens.empty() ? json(nullptr) : json(options.suppress_tokens)},
          {"bad_words_ids",
           options.bad_words_ids.empty() ? json(nullptr) : json(options.bad_words_ids)}};
}

std::string generation_config_text(const models::Model& model, const decode::Options& options) {
  models::SpecialIds ids;
  if (const auto* seq2seq = dynamic_cast<const models::Seq2SeqModel*>(&model)) {
    ids = seq2seq->special_ids();
  } else if (const auto* language = dynamic_cast<const models::LanguageModel*>(&model)) {
    ids = language->special_ids();
  } else {
    return "";
  }
  json object = json::object();
  add(object, "bos_token_id", ids.bos);
  add(object, "pad_token_id", ids.pad);
  const json usual = generation_settings({});
  const json settings = generation_settings(decode::with_ids_of(options, ids));
  for (const auto& [key, value] : settings.items()) {
    if (value != usual.at(key) || key == "num_beams") object[key] = value;
  }
  return base::dump_json(object, 2) + "\n";
}

}  // namespace finetune::run
