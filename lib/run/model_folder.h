#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/files.h"
#include "data/label_map.h"
#include "models/model.h"
#include "tasks/classification.h"
#include "text/tokenizer.h"

namespace finetune::run {

/// A model that is ready to answer: a Hugging Face folder with its head, labels and tokenizer.
struct TrainedModel {
  std::filesystem::path folder;
  std::unique_ptr<models::SequenceClassifier> model;
  std::unique_ptr<text::Tokenizer> tokenizer;
  data::LabelMap labels;  ///< empty for regression
  tasks::Problem problem = tasks::Problem::kSingleLabel;
  int64_t num_labels = 2;
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
/// head.
TrainedModel load_trained_model(const std::filesystem::path& path);

/// Throws CheckpointError when the tokenizer has ids that the embedding does not.
void check_vocabulary(const models::SequenceClassifier& model, const text::Tokenizer& tokenizer);

/// What a Hugging Face folder is made of.
struct ModelFiles {
  models::SequenceClassifier& model;
  std::filesystem::path tokenizer_source;  ///< folder (or file) whose tokenizer files are copied
  const data::LabelMap& labels;
  tasks::Problem problem;
};

/// Writes config.json, model.safetensors and the tokenizer's files into `folder`, each synced.
void write_model_folder(base::Fs& fs, const std::filesystem::path& folder, const ModelFiles& files);

/// Copies the model folder that `source` stands for to a new folder `target`, complete or not at
/// all, without the training state and with a model card. Throws BusyError when the target holds
/// something and `overwrites` is false.
void export_model(const std::filesystem::path& source, const std::filesystem::path& target,
                  bool overwrites);

}  // namespace finetune::run
