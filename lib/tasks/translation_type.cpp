#include "tasks/translation_type.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "config/fields.h"
#include "metrics/text_metrics.h"
#include "models/registry.h"
#include "tasks/text_feed.h"
#include "tasks/text_model.h"
#include "tasks/text_task.h"

namespace finetune::tasks {

using nlohmann::json;

namespace {

constexpr const char* kSettingsKey = "task_specific_params";

void read_string(const json& settings, const char* key, std::string& value) {
  const auto found = settings.find(key);
  if (found != settings.end() && found->is_string()) value = found->get<std::string>();
}

}  // namespace

std::unique_ptr<TaskType> TranslationType::clone() const {
  return std::make_unique<TranslationType>(*this);
}

std::string_view TranslationType::name() const {
  return kind_ == Kind::kTranslation ? "translation" : "summarization";
}

void TranslationType::describe(config::Fields& fields) {
  fields.add("label_smoothing", label_smoothing_,
             {.doc = "Share of the probability that the loss wants spread over all tokens; an "
                     "evaluation's loss is without it.",
              .example = "0.1",
              .at_least = 0,
              .below = 1});
  fields.add("source_prefix", source_prefix_,
             {.doc = "Put before every text, as the model was trained to see it.",
              .example = "\"translate English to German: \""});
  fields.add("separator", separator_,
             {.doc = "Stands between text and target where a language model reads both."});
  fields.add("bleu_tokenizer", bleu_tokenizer_,
             {.doc = "How BLEU cuts text into words.", .choices = metrics::bleu_tokenizer_names()});
}

void TranslationType::adapt(data::EncodingOptions& encoding, const ModelLimits& limits) const {
  encoding.prefix = source_prefix_;
  if (!limits
           .decoder_start) {  // one sequence: spaces before the target are part of its first token
    const size_t end = separator_.find_last_not_of(' ');
    const size_t cut = end == std::string::npos ? 0 : end + 1;
    encoding.suffix = separator_.substr(0, cut);
    encoding.target_prefix = separator_.substr(cut);
    encoding.target.shared_length = static_cast<int32_t>(limits.max_length);
  } else {
    encoding.target.decoder_start = static_cast<int32_t>(*limits.decoder_start);
  }
  if (limits.end_of_text) encoding.target.end_of_text = static_cast<int32_t>(*limits.end_of_text);
}

std::vector<std::string> TranslationType::text_metrics() const {
  if (kind_ == Kind::kTranslation) return {"bleu", "chrf", "chrf++", "ter", "exact_match"};
  return {"rouge1", "rouge2", "rougeL", "rougeLsum"};
}

std::vector<std::string> TranslationType::metric_names(const data::LabelMap& /*labels*/) const {
  std::vector<std::string> names = {"loss", "perplexity", "token_accuracy"};
  for (std::string& name : text_metrics()) names.push_back(std::move(name));
  return names;
}

std::string TranslationType::description(const data::LabelMap& /*labels*/) const {
  return std::string("a ") + std::string(name());
}

ModelLimits TranslationType::limits(const json& model_config) const {
  return models::is_language_model(model_config) ? limits_of_language_model(model_config)
                                                 : limits_of_seq2seq_model(model_config);
}

BuiltModel TranslationType::build_model(const ModelSource& source,
                                        const data::LabelMap& /*labels*/) const {
  return models::is_language_model(source.config) ? build_language_model(source)
                                                  : build_seq2seq_model(source);
}

std::unique_ptr<Task> TranslationType::bind(const TaskParts& parts) const {
  TextTaskOptions options;
  options.label_smoothing = label_smoothing_;
  options.generation = parts.generation;
  options.text_metrics = text_metrics();
  options.metric_options.bleu.tokenizer = metrics::bleu_tokenizer(bleu_tokenizer_);
  options.answer_key = kind_ == Kind::kTranslation ? "translation" : "summary";
  std::unique_ptr<TextFeed> feed;
  if (auto* seq2seq = dynamic_cast<models::Seq2SeqModel*>(&parts.model)) {
    feed = std::make_unique<Seq2SeqFeed>(*seq2seq);
  } else {
    feed = std::make_unique<PrefixFeed>(dynamic_cast<models::LanguageModel&>(parts.model));
  }
  return std::make_unique<TextTask>(std::move(feed), parts.target_tokenizer, std::move(options));
}

/// A language model is one for this task where its config.json has our settings of it.
bool TranslationType::has_trained(const json& model_config) const {
  const json settings = model_config.value(kSettingsKey, json::object());
  if (settings.is_object() && settings.contains(std::string(name()))) return true;
  return kind_ == Kind::kTranslation &&
         has_architecture(model_config,
                          {"ForConditionalGeneration", "MarianMTModel", "EncoderDecoderModel"});
}

data::LabelMap TranslationType::adopt(const json& model_config, const std::string& /*file*/) {
  const json all = model_config.value(kSettingsKey, json::object());
  const json settings = all.is_object() ? all.value(std::string(name()), json::object()) : json();
  if (settings.is_object()) {
    read_string(settings, "prefix", source_prefix_);
    read_string(settings, "separator", separator_);
  }
  return {};
}

void TranslationType::amend(json& model_config, const data::LabelMap& /*labels*/) const {
  json settings = {{"prefix", source_prefix_}};
  if (models::is_language_model(model_config)) settings["separator"] = separator_;
  model_config[kSettingsKey] = {{std::string(name()), settings}};
}

CardTask TranslationType::card() const {
  return kind_ == Kind::kTranslation ? CardTask{"translation", "Translation"}
                                     : CardTask{"summarization", "Summarization"};
}

}  // namespace finetune::tasks
