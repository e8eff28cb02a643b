#include "report/results.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"

namespace finetune::report {
namespace {

using Json = nlohmann::json;

double per_second(int64_t count, double seconds) {
  return seconds > 0.0 ? static_cast<double>(count) / seconds : 0.0;
}

Json read_or_empty(base::Fs& fs, const std::filesystem::path& path) {
  if (!fs.exists(path)) return Json::object();
  try {
    Json value = base::parse_json(fs.read(path), path.string());
    if (value.is_object()) return value;
  } catch (const CheckpointError& error) {
    base::log_warning("the old " + base::quote(path.string()) +
                      " cannot be read and is replaced: " + error.what());
  }
  return Json::object();
}

/// As Trainer.save_metrics: a file of its own, and everything together in all_results.json.
void save(base::Fs& fs, const std::filesystem::path& run_folder, const std::string& prefix,
          const Json& results) {
  constexpr int kIndent = 4;
  base::write_file_durably(fs, run_folder / (prefix + "_results.json"),
                           base::dump_json(results, kIndent) + "\n");
  const auto all_path = run_folder / "all_results.json";
  Json all = read_or_empty(fs, all_path);
  all.update(results);
  base::write_file_durably(fs, all_path, base::dump_json(all, kIndent) + "\n");
}

}  // namespace

std::string metric_prefix(const std::string& split) {
  return split == "validation" ? "eval" : split;
}

void write_train_results(base::Fs& fs, const std::filesystem::path& run_folder,
                         const TrainSummary& summary) {
  const Json results = {
      {"epoch", summary.epoch},
      {"total_flos", summary.total_flos},
      {"train_loss", summary.train_loss},
      {"train_runtime", summary.seconds},
      {"train_samples", summary.num_examples},
      {"train_samples_per_second", per_second(summary.examples_seen, summary.seconds)},
      {"train_steps_per_second", per_second(summary.num_updates, summary.seconds)},
  };
  save(fs, run_folder, "train", results);
}

void write_evaluation_results(base::Fs& fs, const std::filesystem::path& run_folder,
                              const EvaluationEvent& event) {
  const std::string prefix = metric_prefix(event.split);
  Json results = {{"epoch", event.epoch}};
  for (const auto& [name, value] : event.values) {
    results[prefix + "_" + name] = value ? Json(*value) : Json();
  }
  results[prefix + "_runtime"] = event.seconds;
  results[prefix + "_samples"] = event.num_examples;
  results[prefix + "_samples_per_second"] = per_second(event.num_examples, event.seconds);
  save(fs, run_folder, prefix, results);
}

}  // namespace finetune::report
