#pragma once

#include <nlohmann/json_fwd.hpp>

#include "models/encoder_decoder/warm_start.h"
#include "run/run_config.h"
#include "run/tokenizers.h"

namespace finetune::run {

/// The two models that model.encoder and model.decoder name. Ids and, where a part starts from
/// random weights, its vocabulary's size are those of the tokenizers.
models::WarmStart build_warm_start(const RunConfig& config, const Tokenizers& tokenizers);

/// The config.json of the model that comes of it.
nlohmann::json config_of(const models::WarmStart& start);

}  // namespace finetune::run
