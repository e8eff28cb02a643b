#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "decode/options.h"
#include "models/model.h"

namespace finetune::run {

/// Every option under the name that transformers has for it; null: not set.
nlohmann::json generation_settings(const decode::Options& options);

/// generation_config.json of an export: how transformers' generate() writes as we do, as far as it
/// is not what transformers does anyway. "" for a model that writes no text.
std::string generation_config_text(const models::Model& model, const decode::Options& options);

}  // namespace finetune::run
