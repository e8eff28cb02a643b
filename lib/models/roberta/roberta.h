#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "models/encoder/encoder_family.h"

namespace finetune::models {

/// RoBERTa, Liu et al. 2019, arXiv:1907.11692: positions count from the row after the padding id,
/// dropout before the head, too. XLM-R (Conneau et al. 2020, arXiv:1911.02116) is the same model.
const EncoderFamily& roberta_family();
const EncoderFamily& xlm_roberta_family();

/// Hugging Face's RobertaForSequenceClassification and XLMRobertaForSequenceClassification.
std::unique_ptr<SequenceClassifier> make_roberta_classifier(const nlohmann::json& config,
                                                            const HeadOptions& head);
std::unique_ptr<SequenceClassifier> make_xlm_roberta_classifier(const nlohmann::json& config,
                                                                const HeadOptions& head);

}  // namespace finetune::models
