#include "run/model_folder.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/folder_writer.h"
#include "base/json.h"
#include "base/strings.h"
#include "models/load.h"
#include "run/build_generation.h"
#include "run/generation_config.h"
#include "run/model_card.h"
#include "run/run_config.h"
#include "tasks/registry.h"
#include "tensors/safetensors_writer.h"
#include "train/checkpoint_store.h"
#include "train/manifest.h"

namespace finetune::run {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kGenerationName = "generation_config.json";

/// True for what an export leaves; a run or one of its checkpoints is worth more than that.
bool is_plain_model_folder(const fs::path& folder) {
  return fs::exists(folder / "config.json") && fs::exists(folder / "model.safetensors") &&
         !fs::exists(folder / train::kManifestName) && !fs::exists(folder / kEnvironmentName);
}

/// What a model was trained for: its run knows, else its config.json tells.
std::unique_ptr<tasks::TaskType> type_of(const fs::path& path, const json& model_config) {
  if (const auto run_folder = resolve_run_folder(path))
    return read_run_config(*run_folder / "config.json").task.chosen().clone();
  return tasks::task_type_of(model_config);
}

void check_size(const text::Tokenizer& tokenizer, int64_t vocab_size, const char* what) {
  if (tokenizer.vocab_size() <= vocab_size) return;
  throw CheckpointError(
      base::cat("the ", what, " has ids up to ", tokenizer.vocab_size() - 1,
                " but the model's embedding has only ", vocab_size,
                " rows; give the tokenizer that belongs to the model (model.tokenizer)"));
}

}  // namespace

fs::path resolve_model_folder(const fs::path& path) {
  for (const char* link : {"best", "last"}) {
    if (fs::exists(path / link / "config.json")) return fs::weakly_canonical(path / link);
  }
  if (fs::exists(path / kEnvironmentName)) {
    if (const auto newest = train::find_newest_checkpoint(path)) {
      throw CheckpointError(base::cat(
          path.string(),
          ": the links 'best' and 'last' of this run are missing, perhaps lost in a copy; name a "
          "checkpoint, such as ",
          newest->folder.string(), ", or start 'finetune train' again, which sets them"));
    }
    throw CheckpointError(
        path.string() +
        ": this run has not saved a checkpoint yet; train it further with 'finetune train'");
  }
  if (!fs::exists(path)) throw CheckpointError(path.string() + ": no such file or folder");
  if (!fs::exists(path / "config.json")) {
    throw CheckpointError(path.string() +
                          ": neither a run (no 'best' or 'last' checkpoint) nor a Hugging Face "
                          "folder (no config.json)");
  }
  return path;
}

std::optional<fs::path> resolve_run_folder(const fs::path& path) {
  const fs::path folder = fs::weakly_canonical(path);
  for (const fs::path& candidate : {folder, folder.parent_path()}) {
    if (fs::exists(candidate / kEnvironmentName) && fs::exists(candidate / "config.json"))
      return candidate;
  }
  return std::nullopt;
}

void verify_checkpoint(const fs::path& folder) {
  if (fs::exists(folder / train::kManifestName)) train::verify_manifest(folder);
}

TrainedModel load_trained_model(const fs::path& path, models::LoadOptions load) {
  TrainedModel trained;
  trained.folder = resolve_model_folder(path);
  verify_checkpoint(trained.folder);
  const fs::path config_file = trained.folder / "config.json";
  const json config = base::read_json_file(config_file);
  if (!config.is_object())
    throw CheckpointError(config_file.string() + ": should hold a JSON object");
  trained.type = type_of(path, config);
  trained.labels = trained.type->adopt(config, config_file.string());
  load.allow_new_head = false;
  trained.model = with_context(base::cat("loading ", trained.folder.string()), [&] {
    return trained.type
        ->build_model({.config = config, .folder = trained.folder, .load = load}, trained.labels)
        .model;
  });
  trained.tokenizers = load_tokenizers(trained.folder);
  if (const fs::path file = trained.folder / kGenerationName; fs::exists(file))
    trained.generation_config = base::read_file(file);
  check_vocabulary(*trained.model, trained.tokenizers);
  return trained;
}

void check_vocabulary(const models::Model& model, const Tokenizers& tokenizers) {
  check_size(*tokenizers.source, model.vocab_size(), "tokenizer");
  const auto* seq2seq = dynamic_cast<const models::Seq2SeqModel*>(&model);
  if (seq2seq != nullptr)
    check_size(*tokenizers.target, seq2seq->target_vocab_size(), "tokenizer of the target");
}

void write_model_folder(base::Fs& files, const fs::path& folder, const ModelFiles& model) {
  json config = model.model.config();
  model.type.amend(config, model.labels);
  base::write_file_synced(files, folder / "config.json", base::dump_json(config, 2) + "\n");
  tensors::write_safetensors(files, folder / "model.safetensors",
                             models::export_weights(model.model));
  write_tokenizers(files, folder, model.tokenizers);
  if (!model.generation_config.empty())
    base::write_file_synced(files, folder / kGenerationName, model.generation_config);
}

namespace {

/// A folder's own, else what its config.json says of writing texts.
std::string generation_config_of(const TrainedModel& trained) {
  if (!trained.generation_config.empty() || !trained.type->writes_texts())
    return trained.generation_config;
  const tasks::ModelLimits limits = trained.type->limits(trained.model->config());
  return generation_config_text(
      *trained.model,
      build_generation(RunConfig{}, read_generation_defaults(trained.folder), limits));
}

}  // namespace

void write_export(base::Fs& files, const fs::path& target, const TrainedModel& trained,
                  const fs::path& source) {
  base::write_folder_durably(files, target, [&](const fs::path& folder) {
    write_model_folder(files, folder,
                       {*trained.model, trained.tokenizers, trained.labels, *trained.type,
                        generation_config_of(trained)});
    const std::string card = model_card(trained, source);
    if (!card.empty()) base::write_file_synced(files, folder / "README.md", card);
  });
}

void export_model(const fs::path& source, const fs::path& given_target, bool overwrites,
                  const models::LoadOptions& load) {
  fs::path target = fs::absolute(given_target).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();  // "out/"
  const bool is_taken =
      fs::exists(fs::symlink_status(target)) && !(fs::is_directory(target) && fs::is_empty(target));
  if (is_taken && !overwrites) {
    throw BusyError(target.string() +
                    ": exists already; choose another folder, or pass --overwrite to replace it");
  }
  if (is_taken && !is_plain_model_folder(target)) {
    throw BusyError(target.string() +
                    ": is no earlier export (those hold config.json and model.safetensors and "
                    "belong to no run), so it is not replaced");
  }
  // A run that goes on may replace its best checkpoint while it is being read: then the new one is
  // taken.
  for (int attempts_left = 5;; --attempts_left) {
    const fs::path folder = resolve_model_folder(source);
    try {
      return write_export(base::posix_fs(), target, load_trained_model(folder, load), source);
    } catch (const std::exception&) {  // Error or fs::filesystem_error
      if (fs::exists(folder) || attempts_left == 0) throw;
    }
  }
}

}  // namespace finetune::run
