#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "models/encoder/encoder_family.h"

namespace finetune::models {

/// BERT, Devlin et al. 2019, arXiv:1810.04805.
const EncoderFamily& bert_family();

/// Hugging Face's BertForSequenceClassification.
std::unique_ptr<SequenceClassifier> make_bert_classifier(const nlohmann::json& config,
                                                         const HeadOptions& head);

}  // namespace finetune::models
