#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/files.h"
#include "data/label_map.h"
#include "models/model.h"
#include "run/tokenizers.h"
#include "tasks/task_type.h"

namespace finetune::run {

/// By this file a run folder is known.
inline constexpr const char* kEnvironmentName = "environment.json";

/// A model that is ready to answer: a Hugging Face folder with its head, labels and tokenizers.
struct TrainedModel {
  std::filesystem::path folder;
  std::unique_ptr<models::Model> model;
  Tokenizers tokenizers;
  data::LabelMap labels;                  ///< empty where the task has no classes
  std::unique_ptr<tasks::TaskType> type;  ///< what the model was trained for
  std::string generation_config;          ///< text of generation_config.json; "": it has none
};

/// The model folder that a path given by a user stands for: a run's best checkpoint, else its last
/// one; a checkpoint or any other Hugging Face folder itself. Throws CheckpointError that says what
/// was looked for.
std::filesystem::path resolve_model_folder(const std::filesystem::path& path);

/// The run that a path belongs to (the run folder itself, or one of its checkpoints), if any.
std::optional<std::filesystem::path> resolve_run_folder(const std::filesystem::path& path);

/// Checks every file of a checkpoint of a run against its manifest; any other folder has none.
/// Throws CheckpointError.
void verify_checkpoint(const std::filesystem::path& folder);

/// Loads resolve_model_folder(path). Throws CheckpointError, also when the folder has no trained
/// head, whatever `load` says of that.
TrainedModel load_trained_model(const std::filesystem::path& path, models::LoadOptions load = {});

/// Throws CheckpointError when a tokenizer has ids that the model's embedding does not.
void check_vocabulary(const models::Model& model, const Tokenizers& tokenizers);

/// What a Hugging Face folder is made of.
struct ModelFiles {
  models::Model& model;
  const Tokenizers& tokenizers;
  const data::LabelMap& labels;
  const tasks::TaskType& type;
  std::string generation_config{};  ///< text of generation_config.json; "": none
};

/// Writes config.json, model.safetensors and the tokenizer's files into `folder`, each synced.
void write_model_folder(base::Fs& fs, const std::filesystem::path& folder, const ModelFiles& files);

/// Writes a loaded model to a new folder `target`, or in place of an earlier export there, complete
/// or not at all, with a model card of the run that `source` belongs to.
void write_export(base::Fs& fs, const std::filesystem::path& target, const TrainedModel& trained,
                  const std::filesystem::path& source);

/// Copies the model folder that `source` stands for to a new folder `target`, complete or not at
/// all, without the training state and with a model card. Throws BusyError when the target holds
/// something and `overwrites` is false.
void export_model(const std::filesystem::path& source, const std::filesystem::path& target,
                  bool overwrites, const models::LoadOptions& load = {});

}  // namespace finetune::run
