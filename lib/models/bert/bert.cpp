#include "models/bert/bert.h"

#include <nlohmann/json.hpp>

#include "models/encoder/encoder_model.h"

namespace finetune::models {

const EncoderFamily& bert_family() {
  static const EncoderFamily family = [] {
    EncoderFamily bert;
    bert.config.architecture = "BertForSequenceClassification";
    bert.names.prefix = "bert.";
    bert.names.pooler = "bert.pooler.dense";
    bert.names.classifier = "classifier";
    bert.names.token_head = {"cls.predictions.transform.dense",
                             "cls.predictions.transform.LayerNorm", "cls.predictions.bias"};
    return bert;
  }();
  return family;
}

std::unique_ptr<SequenceClassifier> make_bert_classifier(const nlohmann::json& config,
                                                         const HeadOptions& head) {
  return std::make_unique<EncoderClassifier>(bert_family(), config, head);
}

}  // namespace finetune::models
