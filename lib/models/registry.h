#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "models/model.h"

namespace finetune::models {

/// build_sequence_classifier without the initialisation: the parameters hold no values yet, so that
/// a pretrained model does not pay for drawing what it is about to load.
std::unique_ptr<SequenceClassifier> construct_sequence_classifier(const nlohmann::json& config,
                                                                  const HeadOptions& head);

}  // namespace finetune::models
