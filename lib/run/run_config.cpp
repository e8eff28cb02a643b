#include "run/run_config.h"

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/strings.h"
#include "config/document.h"
#include "config/documentation.h"
#include "config/fields.h"
#include "config/json_schema.h"
#include "config/writer.h"
#include "run/config_checks.h"
#include "run/hugging_face_keys.h"
#include "tasks/registry.h"

namespace finetune::run {
namespace {

constexpr uint64_t kMaxConfigBytes = uint64_t{4} << 20;
constexpr double kDefaultEpochs = 3.0;

/// The fields of `config`, which must outlive them.
config::Fields fields_of(RunConfig& config) {
  config::Fields fields;
  config.describe(fields);
  return fields;
}

/// The keys of the file; those of absent sections too. Bound to `config`.
std::vector<config::KeyPath> keys_of(RunConfig& config) { return all_keys(fields_of(config)); }

/// A config with every key that a file may have, whatever its task.
RunConfig config_of_every_key() {
  RunConfig config;
  config.task.shows_every_type = true;
  return config;
}

/// The task decides which keys there are: it is known before they are read.
void choose_task(RunConfig& config, const config::Document& document) {
  const auto type = document.text_at("task.type");
  const std::vector<std::string> names = tasks::task_names();
  if (type && std::ranges::find(names, *type) != names.end()) config.task.type = *type;
}

std::string read_text(const std::filesystem::path& file) {
  if (std::filesystem::is_directory(file)) {
    throw ConfigError(base::cat(base::quote(file.string(), 1000),
                                " is a folder; name the config file itself, such as ",
                                base::quote((file / "config.json").string(), 1000)));
  }
  try {
    return base::read_file(file, kMaxConfigBytes);
  } catch (const IoError& error) {
    throw ConfigError(base::cat("cannot read the config: ", error.chain().front()));
  }
}

/// The folder of `file` with links resolved, so that ".." means the same to us and to the system.
std::filesystem::path folder_of(const std::filesystem::path& file) {
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  std::error_code error;
  const std::filesystem::path resolved = std::filesystem::canonical(folder, error);
  return error ? folder : resolved;
}

}  // namespace

void RunConfig::describe(config::Fields& fields) {
  fields.add("$schema", schema_address,
             {.doc = "Address of the JSON Schema, for editors.",
              .example = "\"config.schema.json\"",
              .is_safe_at_resume = true});
  fields.add("about", about,
             {.doc = "What this run is, for people.",
              .example = "\"MiniLM on SST-2\"",
              .is_safe_at_resume = true});
  fields.add("output_dir", output_dir,
             {.doc = "Folder of the run.",
              .example = "\"../runs/sst2\"",
              .is_required = true,
              .is_safe_at_resume = true});
  fields.add("seed", seed,
             {.doc = "Decides new weights, the order of the data, dropout and subword sampling.",
              .at_least = 0});
  fields.add_section("model", model, "The model to start from.");
  fields.add_section("task", task, "What the model learns.");
  fields.add_section("data", data, "Files and how they are read.");
  fields.add_section("training", training, "Length of the run, batches, precision.");
  fields.add_section("optimizer", optimizer, "How gradients change the weights.");
  fields.add_section("regularization", regularization, "Terms added to the loss.");
  fields.add_section("schedule", schedule, "The learning rate over time.");
  fields.add_section("evaluation", evaluation, "When and by what the model is judged.");
  fields.add_section("generation", generation,
                     "How texts are written, for tasks that do. What is not set is as the model's "
                     "generation_config.json says, else as usual.");
  fields.add_section("early_stopping", early_stopping, "Ends a run that no longer improves.");
  fields.add_section("checkpoints", checkpoints, "What is saved to go on from.");
  fields.add_section("logging", logging, "What is written while training.");
}

RunConfig read_run_config(const std::filesystem::path& file,
                          std::span<const std::string> overrides) {
  RunConfig config;
  config.base_folder = folder_of(file);
  config::Document document(file.string(), read_text(file), {overrides.begin(), overrides.end()});
  choose_task(config, document);
  RunConfig defaults = config_of_every_key();
  document.read(fields_of(config),
                {.folders = {config.base_folder, std::filesystem::current_path()},
                 .keys = keys_of(defaults),
                 .translator = translate_hugging_face_key});
  check_together(config, document);
  document.throw_if_wrong();
  TrainingSection& training = config.training;
  if (!training.num_train_epochs && !training.max_steps && !training.max_time)
    training.num_train_epochs = kDefaultEpochs;
  return config;
}

std::string render(const RunConfig& config) {
  RunConfig copy = config;
  return to_pretty(config::write(fields_of(copy))) + "\n";
}

std::string schema() {
  RunConfig defaults = config_of_every_key();
  return to_pretty(config::json_schema(fields_of(defaults), "finetune configuration")) + "\n";
}

std::string explain(std::string_view key) {
  RunConfig defaults = config_of_every_key();
  const std::vector<config::KeyPath> keys = keys_of(defaults);
  std::string text = config::explain(keys, key);
  if (!text.empty()) return text;
  const size_t dot = key.rfind('.');
  config::JsonValue value;
  value.kind = config::JsonKind::kInvalid;
  const config::UnknownKey unknown{dot == key.npos ? "" : std::string(key.substr(0, dot)),
                                   std::string(key.substr(dot == key.npos ? 0 : dot + 1)), value};
  throw ConfigError(base::cat(base::quote(key), ": ",
                              config::remark_on(unknown, keys, translate_hugging_face_key)));
}

std::vector<ConfigDifference> differences(const RunConfig& old, const RunConfig& now) {
  RunConfig old_copy = old;
  RunConfig new_copy = now;
  std::map<std::string, ConfigDifference> texts;
  for (auto& [path, text] : config::settings(fields_of(old_copy))) texts[path].old_text = text;
  for (auto& [path, text] : config::settings(fields_of(new_copy))) texts[path].new_text = text;
  std::vector<ConfigDifference> result;
  RunConfig defaults = config_of_every_key();
  for (const config::KeyPath& key : keys_of(defaults)) {
    const auto found = texts.find(key.path);
    if (found == texts.end() || found->second.old_text == found->second.new_text) continue;
    ConfigDifference difference = found->second;
    difference.key = key.path;
    difference.is_safe_at_resume = key.field.rule.is_safe_at_resume;
    for (std::string* text : {&difference.old_text, &difference.new_text}) {
      if (text->empty()) *text = "(not set)";
    }
    result.push_back(std::move(difference));
  }
  return result;
}

}  // namespace finetune::run
