#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "data/prepare.h"
#include "models/load.h"
#include "optim/adamw.h"
#include "optim/flat_parameters.h"
#include "run/run_config.h"
#include "tasks/classification.h"
#include "train/checkpoint_store.h"
#include "train/trainer.h"

/// One function per object of a run: the only place where configuration becomes components.
namespace finetune::run {

train::Interval build_interval(const config::Duration& duration);

/// What the label column holds for a problem.
data::TargetKind build_target_kind(tasks::Problem problem);

data::ReadOptions build_read_options(const RunConfig& config);

/// `label_names` is the stored label map of a checkpoint, or empty to learn it; `max_length` the
/// model's limit.
data::DataOptions build_data_options(const RunConfig& config, int num_threads,
                                     int64_t model_max_length,
                                     const std::vector<std::string>& label_names);

/// The config.json that the run starts from: of model.path, or model.type with model.config.
nlohmann::json build_model_config(const RunConfig& config);

/// Where the tokenizer is read from: model.tokenizer, else model.path.
std::filesystem::path tokenizer_source(const RunConfig& config);

/// The model that a run starts from: pretrained weights with a new head (what is new is logged), or
/// random weights.
std::unique_ptr<models::SequenceClassifier> build_model(const RunConfig& config,
                                                        const nlohmann::json& model_config,
                                                        int64_t num_labels);

/// The model of a checkpoint, built as the config says, with every weight from the checkpoint.
std::unique_ptr<models::SequenceClassifier> build_model_from_checkpoint(
    const RunConfig& config, const std::filesystem::path& checkpoint, int64_t num_labels);

optim::FlatParameters build_parameters(models::SequenceClassifier& model);
optim::AdamWOptions build_optimizer_options(const RunConfig& config);
train::CheckpointOptions build_checkpoint_options(const RunConfig& config);

/// Throws ConfigError when a metric that the config names is none of those its task gives (a typing
/// error in disguise: there would never be a best model).
void check_metrics(const RunConfig& config, int64_t num_labels);

train::TrainerOptions build_trainer_options(const RunConfig& config);

}  // namespace finetune::run
