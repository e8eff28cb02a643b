#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "data/prepare.h"
#include "models/load.h"
#include "optim/adamw.h"
#include "optim/flat_parameters.h"
#include "run/run_config.h"
#include "run/tokenizers.h"
#include "tasks/task_type.h"
#include "train/checkpoint_store.h"
#include "train/trainer.h"

/// One function per object of a run: the only place where configuration becomes components.
namespace finetune::run {

train::Interval build_interval(const config::Duration& duration);

data::ReadOptions build_read_options(const RunConfig& config);

/// How texts become tokens; throws ConfigError for a length that the model does not have.
data::EncodingOptions build_encoding_options(const RunConfig& config,
                                             const tasks::ModelLimits& limits);

/// Without labels: those of a checkpoint, or of the config, are the caller's to set.
data::DataOptions build_data_options(const RunConfig& config, int num_threads,
                                     const tasks::ModelLimits& limits);

/// The config.json that the run starts from: of model.path, or model.type with model.config (or two
/// parts) and what follows from the tokenizers.
nlohmann::json build_model_config(const RunConfig& config, const Tokenizers& tokenizers);

/// What a model is made for, beside the config of the run.
struct ModelInput {
  const nlohmann::json& config;  ///< build_model_config()
  const Tokenizers& tokenizers;
  const data::LabelMap& labels;
};

/// The model that a run starts from: pretrained weights with a new head (what is new is logged), or
/// random weights. `load` says what the pretrained weights may lack or hold beside.
std::unique_ptr<models::Model> build_model(const RunConfig& config, const ModelInput& input,
                                           const models::LoadOptions& load);

/// The model of a checkpoint, built as the config says, with every weight from the checkpoint.
std::unique_ptr<models::Model> build_model_from_checkpoint(const RunConfig& config,
                                                           const std::filesystem::path& checkpoint,
                                                           const data::LabelMap& labels);

optim::FlatParameters build_parameters(models::Model& model);
optim::AdamWOptions build_optimizer_options(const RunConfig& config);
train::CheckpointOptions build_checkpoint_options(const RunConfig& config);

/// Throws ConfigError with every metric that the config names and its task does not have with these
/// labels.
void check_metrics(const RunConfig& config, const data::LabelMap& labels);

train::TrainerOptions build_trainer_options(const RunConfig& config);

}  // namespace finetune::run
