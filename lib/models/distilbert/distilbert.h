#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "models/encoder/encoder_family.h"

namespace finetune::models {

/// DistilBERT, Sanh et al. 2019, arXiv:1910.01108: BERT without segments and without pooler, no
/// dropout on the attention's output, a head with a ReLU.
const EncoderFamily& distilbert_family();

/// Hugging Face's DistilBertForSequenceClassification.
std::unique_ptr<SequenceClassifier> make_distilbert_classifier(const nlohmann::json& config,
                                                               const HeadOptions& head);

}  // namespace finetune::models
