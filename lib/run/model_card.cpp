#include "run/model_card.h"

#include <map>

#include "base/files.h"
#include "base/strings.h"
#include "report/history.h"
#include "report/model_card.h"
#include "run/environment.h"
#include "run/run_config.h"
#include "train/checkpoint_store.h"

namespace finetune::run {

namespace fs = std::filesystem;

namespace {

/// The evaluations of the weights in `model_folder`: those of its step; the other splits only where
/// the run was judged by these weights.
std::vector<report::ModelCardResult> results_of(const fs::path& run_folder,
                                                const fs::path& model_folder) {
  const auto step = train::checkpoint_step(model_folder);
  const bool is_final = fs::weakly_canonical(model_folder) == resolve_model_folder(run_folder);
  std::map<std::string, report::EvaluationEvent> chosen;
  for (const report::EvaluationEvent& event :
       report::read_history(run_folder / "metrics.jsonl").evaluations) {
    const bool belongs = event.split == "validation" ? event.step == step : is_final;
    if (belongs) chosen[event.split] = event;
  }
  std::vector<report::ModelCardResult> results;
  results.reserve(chosen.size());
  for (const auto& [split, event] : chosen) results.push_back({split, event.values});
  return results;
}

std::string base_model_of(const RunConfig& config) {
  return config.model.path ? config.model.path->filename().string()
                           : config.model.type.value_or("");
}

std::vector<std::pair<std::string, std::string>> settings_of(const RunConfig& config) {
  std::vector<std::pair<std::string, std::string>> settings = {
      {"optimizer", config.optimizer.type},
      {"learning_rate", base::to_text(config.optimizer.learning_rate)},
      {"weight_decay", base::to_text(config.optimizer.weight_decay)},
      {"batch_size", std::to_string(config.training.batch_size)},
      {"gradient_accumulation_steps", std::to_string(config.training.gradient_accumulation_steps)},
      {"schedule", config.schedule.type},
      {"seed", std::to_string(config.seed)}};
  if (config.training.num_train_epochs) {
    settings.emplace_back("num_train_epochs", base::to_text(*config.training.num_train_epochs));
  }
  return settings;
}

}  // namespace

std::string model_card(const TrainedModel& trained, const fs::path& source) {
  const auto run_folder = resolve_run_folder(source);
  const fs::path own = trained.folder / "README.md";
  if (!run_folder) return fs::exists(own) ? base::read_file(own) : "";
  const RunConfig config = read_run_config(*run_folder / "config.json");
  report::ModelCard card;
  card.model_name = config.output_dir.filename().string();
  card.base_model = base_model_of(config);
  const tasks::CardTask task = trained.type->card();
  card.pipeline_tag = task.pipeline_tag;
  card.task_name = task.name;
  card.dataset_name = config.data.train.file.filename().string();
  card.labels = trained.labels.names();
  card.results = results_of(*run_folder, trained.folder);
  card.settings = settings_of(config);
  card.version = version_text();
  return report::render_model_card(card);
}

}  // namespace finetune::run
