#pragma once

#include <string>

#include "decode/options.h"
#include "models/model.h"

namespace finetune::run {

/// generation_config.json of an export: how transformers' generate() writes as we do. "" for a
/// model that writes no text.
std::string generation_config_text(const models::Model& model, const decode::Options& options);

}  // namespace finetune::run
