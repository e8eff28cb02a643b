#include "models/roberta/roberta.h"

#include <nlohmann/json.hpp>

#include "models/encoder/encoder_model.h"

namespace finetune::models {
namespace {

EncoderFamily make_family(const char* architecture, int64_t vocab_size) {
  EncoderFamily family;
  family.config.architecture = architecture;
  family.config.padding = 1;
  family.config.has_positions_after_padding = true;
  family.config.defaults.vocab_size = vocab_size;
  family.names.prefix = "roberta.";
  family.names.pooler = "classifier.dense";
  family.names.classifier = "classifier.out_proj";
  family.names.unused_endings = {"roberta.pooler.dense.weight", "roberta.pooler.dense.bias"};
  family.names.token_head = {"lm_head.dense", "lm_head.layer_norm", "lm_head.bias"};
  family.drops_head_input = true;
  family.token_head_activation = kernels::Activation::kGelu;
  return family;
}

}  // namespace

const EncoderFamily& roberta_family() {
  static const EncoderFamily family = make_family("RobertaForSequenceClassification", 50265);
  return family;
}

const EncoderFamily& xlm_roberta_family() {
  static const EncoderFamily family = make_family("XLMRobertaForSequenceClassification", 30522);
  return family;
}

std::unique_ptr<SequenceClassifier> make_roberta_classifier(const nlohmann::json& config,
                                                            const HeadOptions& head) {
  return std::make_unique<EncoderClassifier>(roberta_family(), config, head);
}

std::unique_ptr<SequenceClassifier> make_xlm_roberta_classifier(const nlohmann::json& config,
                                                                const HeadOptions& head) {
  return std::make_unique<EncoderClassifier>(xlm_roberta_family(), config, head);
}

}  // namespace finetune::models
