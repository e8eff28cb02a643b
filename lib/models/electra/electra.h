#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "models/encoder/encoder_family.h"

namespace finetune::models {

/// ELECTRA, Clark et al. 2020, arXiv:2003.10555: BERT with tables that may be narrower than the
/// layers, and a head with a GELU and dropout before it, too.
const EncoderFamily& electra_family();

/// Hugging Face's ElectraForSequenceClassification.
std::unique_ptr<SequenceClassifier> make_electra_classifier(const nlohmann::json& config,
                                                            const HeadOptions& head);

}  // namespace finetune::models
