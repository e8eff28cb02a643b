#include "tasks/language_modeling_type.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "config/fields.h"
#include "tasks/text_feed.h"
#include "tasks/text_model.h"
#include "tasks/text_task.h"

namespace finetune::tasks {

using nlohmann::json;

std::unique_ptr<TaskType> LanguageModelingType::clone() const {
  return std::make_unique<LanguageModelingType>(*this);
}

void LanguageModelingType::describe(config::Fields& fields) {
  fields.add("label_smoothing", label_smoothing_,
             {.doc = "Share of the probability that the loss wants spread over all tokens; an "
                     "evaluation's loss is without it.",
              .example = "0.1",
              .at_least = 0,
              .below = 1});
  fields.add("end_of_text", ends_texts_,
             {.doc = "Language modelling: whether the model learns where a text ends."});
}

void LanguageModelingType::adapt(data::EncodingOptions& encoding, const ModelLimits& limits) const {
  encoding.block_length = encoding.max_length;
  if (ends_texts_ && limits.end_of_text)
    encoding.block_end = static_cast<int32_t>(*limits.end_of_text);
}

std::vector<std::string> LanguageModelingType::metric_names(
    const data::LabelMap& /*labels*/) const {
  return {"loss", "perplexity", "token_accuracy"};
}

std::string LanguageModelingType::description(const data::LabelMap& /*labels*/) const {
  return "a language model";
}

ModelLimits LanguageModelingType::limits(const json& model_config) const {
  return limits_of_language_model(model_config);
}

BuiltModel LanguageModelingType::build_model(const ModelSource& source,
                                             const data::LabelMap& /*labels*/) const {
  return build_language_model(source);
}

std::unique_ptr<Task> LanguageModelingType::bind(const TaskParts& parts) const {
  TextTaskOptions options;
  options.label_smoothing = label_smoothing_;
  options.generation = parts.generation;
  return std::make_unique<TextTask>(
      std::make_unique<LanguageFeed>(dynamic_cast<models::LanguageModel&>(parts.model)),
      parts.target_tokenizer, std::move(options));
}

bool LanguageModelingType::has_trained(const json& model_config) const {
  return has_architecture(model_config, {"LMHeadModel", "ForCausalLM"});
}

data::LabelMap LanguageModelingType::adopt(const json& /*model_config*/,
                                           const std::string& /*file*/) {
  return {};
}

void LanguageModelingType::amend(json& /*model_config*/, const data::LabelMap& /*labels*/) const {}

}  // namespace finetune::tasks
