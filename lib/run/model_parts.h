#pragma once

#include <nlohmann/json_fwd.hpp>

#include "models/encoder_decoder/warm_start.h"
#include "run/run_config.h"
#include "run/tokenizers.h"
#include "tasks/task_type.h"

namespace finetune::run {

/// The two models that model.encoder and model.decoder name. Ids and, where a part starts from
/// random weights, its vocabulary's size are those of the tokenizers.
models::WarmStart build_warm_start(const RunConfig& config, const Tokenizers& tokenizers);

/// The config.json of the model that comes of it.
nlohmann::json config_of(const models::WarmStart& start);

/// Throws CheckpointError where the model, or a part of it, is to come from a folder that is not
/// there.
void check_model_folders(const ModelSection& model);

/// What the model takes that `model_config` describes. A description that the config file itself
/// gives is for its author to mend: ConfigError; else CheckpointError naming the file.
tasks::ModelLimits model_limits(const RunConfig& config, const nlohmann::json& model_config);

}  // namespace finetune::run
