#include "run/model_folder.h"

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "models/load.h"
#include "run/model_card.h"
#include "tensors/safetensors_writer.h"
#include "train/manifest.h"

namespace finetune::run {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kEnvironmentName = "environment.json";

/// Label names in id order, from id2label of a config.json; "LABEL_i" where it has none.
std::vector<std::string> label_names(const json& config, const std::string& file) {
  const json id2label = config.value("id2label", json::object());
  if (!id2label.is_object()) throw CheckpointError(file + ": key 'id2label' should be an object");
  const int64_t count = id2label.empty() ? 2 : static_cast<int64_t>(id2label.size());
  std::vector<std::string> names;
  for (int64_t id = 0; id < count; ++id) {
    const auto found = id2label.find(std::to_string(id));
    const bool is_named = found != id2label.end() && found->is_string();
    if (!is_named && !id2label.empty()) {
      throw CheckpointError(base::cat(file, ": 'id2label' has no name for id ", id,
                                      "; ids should run from 0 to ", count - 1));
    }
    names.push_back(is_named ? found->get<std::string>() : base::cat("LABEL_", id));
  }
  return names;
}

data::LabelMap label_map(std::vector<std::string> names, const std::string& file) {
  try {
    return data::LabelMap(std::move(names));
  } catch (const ConfigError& error) {
    throw CheckpointError(base::cat(file, ": 'id2label': ", error.chain().front()));
  }
}

/// The problem a config.json names; Hugging Face's default where it names none.
tasks::Problem problem_of(const json& config, size_t num_labels, const std::string& file) {
  const json name = config.value("problem_type", json());
  if (name.is_null())
    return num_labels == 1 ? tasks::Problem::kRegression : tasks::Problem::kSingleLabel;
  for (const auto problem :
       {tasks::Problem::kSingleLabel, tasks::Problem::kMultiLabel, tasks::Problem::kRegression}) {
    if (name == tasks::hugging_face_name_of(problem)) return problem;
  }
  throw CheckpointError(file + ": unknown problem_type " + base::quote(base::dump_json(name)));
}

json exported_config(const ModelFiles& files) {
  json config = files.model.config();
  const std::vector<std::string> names =
      files.labels.size() > 0 ? files.labels.names() : std::vector<std::string>{"LABEL_0"};
  json id2label = json::object();
  json label2id = json::object();
  for (size_t id = 0; id < names.size(); ++id) {
    id2label[std::to_string(id)] = names[id];
    label2id[names[id]] = id;
  }
  config["id2label"] = id2label;
  config["label2id"] = label2id;
  config["problem_type"] = std::string(tasks::hugging_face_name_of(files.problem));
  return config;
}

void copy_tokenizer(base::Fs& files, const fs::path& source, const fs::path& folder) {
  const bool is_folder = fs::is_directory(source);
  const fs::path from = is_folder ? source : source.parent_path();
  const std::vector<std::string> names = is_folder
                                             ? text::tokenizer_files(source)
                                             : std::vector<std::string>{source.filename().string()};
  for (const std::string& name : names)
    base::write_file_synced(files, folder / name, base::read_file(from / name));
}

/// True for what an export leaves; a run or one of its checkpoints is worth more than that.
bool is_plain_model_folder(const fs::path& folder) {
  return fs::exists(folder / "config.json") && fs::exists(folder / "model.safetensors") &&
         !fs::exists(folder / train::kManifestName) && !fs::exists(folder / kEnvironmentName);
}

}  // namespace

fs::path resolve_model_folder(const fs::path& path) {
  for (const char* link : {"best", "last"}) {
    if (fs::exists(path / link / "config.json")) return fs::weakly_canonical(path / link);
  }
  if (fs::exists(path / kEnvironmentName)) {
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

TrainedModel load_trained_model(const fs::path& path) {
  TrainedModel trained;
  trained.folder = resolve_model_folder(path);
  verify_checkpoint(trained.folder);
  const fs::path config_file = trained.folder / "config.json";
  const json config = base::read_json_file(config_file);
  if (!config.is_object())
    throw CheckpointError(config_file.string() + ": should hold a JSON object");
  std::vector<std::string> names = label_names(config, config_file.string());
  trained.problem = problem_of(config, names.size(), config_file.string());
  trained.num_labels = static_cast<int64_t>(names.size());
  if (trained.problem != tasks::Problem::kRegression)
    trained.labels = label_map(std::move(names), config_file.string());
  models::HeadOptions head;
  head.num_labels = trained.num_labels;
  models::LoadOptions options;
  options.allow_new_head = false;
  trained.model = with_context(base::cat("loading ", trained.folder.string()), [&] {
    return models::load_sequence_classifier(trained.folder, head, /*seed=*/0, options).model;
  });
  trained.tokenizer = text::load_tokenizer(trained.folder);
  check_vocabulary(*trained.model, *trained.tokenizer);
  return trained;
}

void check_vocabulary(const models::SequenceClassifier& model, const text::Tokenizer& tokenizer) {
  if (tokenizer.vocab_size() <= model.vocab_size()) return;
  throw CheckpointError(
      base::cat("the tokenizer has ids up to ", tokenizer.vocab_size() - 1,
                " but the model's embedding has only ", model.vocab_size(),
                " rows; give the tokenizer that belongs to the model (model.tokenizer)"));
}

void write_model_folder(base::Fs& files, const fs::path& folder, const ModelFiles& model) {
  base::write_file_synced(files, folder / "config.json",
                          base::dump_json(exported_config(model), 2) + "\n");
  tensors::write_safetensors(files, folder / "model.safetensors",
                             models::export_weights(model.model));
  copy_tokenizer(files, model.tokenizer_source, folder);
}

namespace {

/// Writes the model in `folder`, which `source` stands for, to `target`: whole, by a rename at the
/// end.
void export_folder(const fs::path& folder, const fs::path& source, const fs::path& target) {
  const TrainedModel trained = load_trained_model(folder);
  base::Fs& files = base::posix_fs();
  const fs::path parent = target.parent_path();
  const std::string name = target.filename().string();
  std::error_code ignored;
  fs::create_directories(parent, ignored);
  const fs::path temporary = parent / base::cat(".", name, ".tmp.", getpid());
  const fs::path trash = parent / base::cat(".", name, ".trash.", getpid());
  if (files.exists(temporary)) files.remove_tree(temporary);
  try {
    files.make_directory(temporary);
    write_model_folder(files, temporary,
                       {*trained.model, trained.folder, trained.labels, trained.problem});
    if (const std::string card = model_card(trained, source); !card.empty()) {
      base::write_file_synced(files, temporary / "README.md", card);
    }
    files.sync_directory(temporary);
    if (files.exists(target)) files.rename(target, trash);
    files.rename(temporary, target);
    files.sync_directory(parent);
    files.remove_tree(trash);
  } catch (...) {
    fs::remove_all(temporary, ignored);
    throw;
  }
}

}  // namespace

void export_model(const fs::path& source, const fs::path& given_target, bool overwrites) {
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
      return export_folder(folder, source, target);
    } catch (const Error&) {
      if (fs::exists(folder) || attempts_left == 0) throw;
    }
  }
}

}  // namespace finetune::run
