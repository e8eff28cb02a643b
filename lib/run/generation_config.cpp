#include "run/generation_config.h"

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "models/language_model.h"
#include "models/seq2seq_model.h"

namespace finetune::run {

using nlohmann::json;

namespace {

void add(json& object, const char* key, const std::optional<int64_t>& id) {
  if (id) object[key] = *id;
}

json ids_json(const models::SpecialIds& ids) {
  json object = json::object();
  add(object, "bos_token_id", ids.bos);
  add(object, "pad_token_id", ids.pad);
  add(object, "decoder_start_token_id", ids.decoder_start);
  add(object, "forced_bos_token_id", ids.forced_bos);
  add(object, "forced_eos_token_id", ids.forced_eos);
  if (ids.eos.size() == 1) object["eos_token_id"] = ids.eos.front();
  if (ids.eos.size() > 1) object["eos_token_id"] = ids.eos;
  if (!ids.bad_words.empty()) object["bad_words_ids"] = ids.bad_words;
  return object;
}

json early_stopping_json(decode::EarlyStopping early_stopping) {
  if (early_stopping == decode::EarlyStopping::kNever) return "never";
  return early_stopping == decode::EarlyStopping::kFirstFinished;
}

}  // namespace

std::string generation_config_text(const models::Model& model, const decode::Options& options) {
  json object;
  if (const auto* seq2seq = dynamic_cast<const models::Seq2SeqModel*>(&model)) {
    object = ids_json(seq2seq->special_ids());
  } else if (const auto* language = dynamic_cast<const models::LanguageModel*>(&model)) {
    object = ids_json(language->special_ids());
  } else {
    return "";
  }
  object["max_new_tokens"] = options.max_new_tokens;
  object["num_beams"] = options.num_beams;
  if (options.num_beams > 1) {
    object["length_penalty"] = options.length_penalty;
    object["early_stopping"] = early_stopping_json(options.early_stopping);
  }
  if (options.do_sample) {
    object["do_sample"] = true;
    object["temperature"] = options.temperature;
    object["top_k"] = options.top_k;
    object["top_p"] = options.top_p;
  }
  if (options.repetition_penalty != 1.0) object["repetition_penalty"] = options.repetition_penalty;
  if (options.no_repeat_ngram_size > 0)
    object["no_repeat_ngram_size"] = options.no_repeat_ngram_size;
  return base::dump_json(object, 2) + "\n";
}

}  // namespace finetune::run
