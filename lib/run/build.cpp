#include "run/build.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"
#include "metrics/classification.h"
#include "metrics/metric.h"
#include "metrics/regression.h"
#include "tasks/classification.h"

namespace finetune::run {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

std::string column_text(const config::Column& column) {
  return column.number ? std::to_string(*column.number) : column.name;
}

data::BadRowPolicy bad_row_policy(const std::string& word) {
  if (word == "skip") return data::BadRowPolicy::kSkip;
  return word == "quarantine" ? data::BadRowPolicy::kQuarantine : data::BadRowPolicy::kError;
}

/// Shared by all runs of a user: encoded data is keyed by content.
fs::path default_cache_folder() {
  if (const char* folder = std::getenv("XDG_CACHE_HOME"); folder != nullptr && *folder != '\0') {
    return fs::path(folder) / "finetune";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    return fs::path(home) / ".cache" / "finetune";
  }
  return {};
}

fs::path cache_folder(const DataSection& data) {
  if (!data.cache.is_on) return {};
  return data.cache.folder.empty() ? default_cache_folder() : data.cache.folder;
}

models::HeadOptions head_options(const RunConfig& config, int64_t num_labels) {
  return {num_labels, config.model.dropout, config.model.classifier_dropout};
}

bool is_greater_better(const std::string& metric, const char* key) {
  if (const auto known = metrics::is_greater_better(metric)) return *known;
  throw ConfigError(base::cat(key, ": unknown metric ", base::quote(metric), "; known are ",
                              base::join(metrics::metric_names(), ", ")));
}

/// Names of what the evaluation of a task gives.
std::vector<std::string> metrics_of(tasks::Problem problem, int64_t num_labels) {
  metrics::Values values;
  if (problem == tasks::Problem::kRegression) {
    values = metrics::RegressionMetrics().values();
  } else if (problem == tasks::Problem::kMultiLabel) {
    values = metrics::MultiLabelMetrics(num_labels).values();
  } else {
    values = metrics::SingleLabelMetrics(num_labels).values();
  }
  std::vector<std::string> names = {"loss"};
  for (const auto& [name, value] : values) names.push_back(name);
  return names;
}

}  // namespace

train::Interval build_interval(const config::Duration& duration) {
  using Unit = train::Interval::Unit;
  switch (duration.unit) {
    case config::Unit::kSteps:
      return {Unit::kSteps, duration.amount};
    case config::Unit::kEpochs:
      return {Unit::kEpochs, duration.amount};
    case config::Unit::kTokens:
      return {Unit::kTokens, duration.amount};
    default:
      return {Unit::kSeconds, duration.seconds()};
  }
}

data::TargetKind build_target_kind(tasks::Problem problem) {
  switch (problem) {
    case tasks::Problem::kSingleLabel:
      return data::TargetKind::kSingleLabel;
    case tasks::Problem::kMultiLabel:
      return data::TargetKind::kMultiLabel;
    case tasks::Problem::kRegression:
      return data::TargetKind::kRegression;
  }
  throw InternalError("unknown problem type");
}

data::ReadOptions build_read_options(const RunConfig& config) {
  data::ReadOptions read;
  read.has_header = config.data.header;
  read.text_column = column_text(config.data.text_column);
  if (config.data.text_pair_column)
    read.text_pair_column = column_text(*config.data.text_pair_column);
  read.label_column = column_text(config.data.label_column);
  read.target_kind = build_target_kind(tasks::problem_from(config.task.problem));
  read.on_bad_row = bad_row_policy(config.data.on_bad_row);
  read.max_bad_rows = config.data.max_bad_rows;
  read.max_row_bytes = static_cast<uint64_t>(config.data.max_row_bytes);
  read.quarantine_folder = config.output_dir;
  return read;
}

data::DataOptions build_data_options(const RunConfig& config, int num_threads,
                                     int64_t model_max_length,
                                     const std::vector<std::string>& label_names) {
  data::DataOptions options;
  options.train = config.data.train.string();
  if (config.data.validation) {
    options.validation = config.data.validation->file.string();
    options.validation_fraction = config.data.validation->percent / 100.0;
  }
  if (config.data.test) options.test = config.data.test->string();
  options.seed = static_cast<uint64_t>(config.seed);
  options.read = build_read_options(config);
  const int64_t max_length = config.data.max_length.value_or(model_max_length);
  if (max_length > model_max_length) {
    throw ConfigError(base::cat("data.max_length is ", max_length, ", but the model has only ",
                                model_max_length, " positions"));
  }
  options.encoding = {static_cast<int32_t>(max_length), num_threads, cache_folder(config.data)};
  if (config.task.labels) options.label_names = config.task.labels;
  if (!label_names.empty()) options.label_names = label_names;
  return options;
}

json build_model_config(const RunConfig& config) {
  if (config.model.path) return base::read_json_file(*config.model.path / "config.json");
  json model =
      base::parse_json(config.model.config ? config.model.config->text : "{}", "model.config");
  model["model_type"] = config.model.type.value_or("");
  return model;
}

fs::path tokenizer_source(const RunConfig& config) {
  if (config.model.tokenizer) return *config.model.tokenizer;
  if (config.model.path) return *config.model.path;
  throw ConfigError(
      "model.tokenizer is missing: a model that starts from random weights needs a tokenizer "
      "folder");
}

std::unique_ptr<models::SequenceClassifier> build_model(const RunConfig& config,
                                                        const json& model_config,
                                                        int64_t num_labels) {
  const auto seed = static_cast<uint64_t>(config.seed);
  const models::HeadOptions head = head_options(config, num_labels);
  if (!config.model.path) return models::build_sequence_classifier(model_config, head, seed);
  auto [model, report] = models::load_sequence_classifier(*config.model.path, head, seed, {});
  if (!report.initialized.empty()) {
    base::log_info("initialised at random (not in the checkpoint): " +
                   base::join(report.initialized, ", "));
  }
  if (!report.ignored.empty()) {
    base::log_info("not used from the checkpoint: " + base::join(report.ignored, ", "));
  }
  return std::move(model);
}

std::unique_ptr<models::SequenceClassifier> build_model_from_checkpoint(const RunConfig& config,
                                                                        const fs::path& checkpoint,
                                                                        int64_t num_labels) {
  models::LoadOptions options;
  options.allow_new_head = false;
  return models::load_sequence_classifier(checkpoint, head_options(config, num_labels),
                                          static_cast<uint64_t>(config.seed), options)
      .model;
}

optim::FlatParameters build_parameters(models::SequenceClassifier& model) {
  std::vector<optim::FlatEntry> entries;
  for (auto& parameter : models::named_parameters(model.module())) {
    if (!parameter.value.requires_grad()) continue;
    entries.push_back({parameter.name, parameter.value, parameter.is_decayed});
  }
  return optim::FlatParameters(std::move(entries));
}

optim::AdamWOptions build_optimizer_options(const RunConfig& config) {
  optim::AdamWOptions options;
  options.beta1 = config.optimizer.beta1;
  options.beta2 = config.optimizer.beta2;
  options.epsilon = config.optimizer.epsilon;
  options.weight_decay = config.optimizer.weight_decay;
  options.l2 = config.regularization.l2;
  options.max_grad_norm = config.training.max_grad_norm;
  return options;
}

train::CheckpointOptions build_checkpoint_options(const RunConfig& config) {
  return {config.checkpoints.keep_last, config.checkpoints.keep_best};
}

void check_metrics(const RunConfig& config, int64_t num_labels) {
  const std::vector<std::string> names =
      metrics_of(tasks::problem_from(config.task.problem), num_labels);
  const auto check = [&](const char* key, const std::string& metric) {
    if (std::ranges::find(names, metric) != names.end()) return;
    throw ConfigError(base::cat(key, ": a ", config.task.problem, " task with ", num_labels,
                                num_labels == 1 ? " label" : " labels", " has no ",
                                base::quote(metric), "; it has ", base::join(names, ", ")));
  };
  check("evaluation.metric", config.evaluation.metric);
  if (config.early_stopping && config.early_stopping->metric)
    check("early_stopping.metric", *config.early_stopping->metric);
}

train::TrainerOptions build_trainer_options(const RunConfig& config) {
  train::TrainerOptions options;
  const auto seed = static_cast<uint64_t>(config.seed);
  options.seed = seed;
  options.sampler = {seed,
                     config.training.batch_size,
                     config.training.batch_tokens.value_or(0),
                     config.training.gradient_accumulation_steps,
                     /*shuffle=*/true,
                     config.data.group_by_length};
  options.learning_rate = config.optimizer.learning_rate;
  options.schedule.type = config.schedule.type == "constant" ? optim::ScheduleType::kConstant
                                                             : optim::ScheduleType::kLinear;
  options.num_train_epochs =
      config.training.num_train_epochs.value_or(std::numeric_limits<double>::infinity());
  options.max_steps = config.training.max_steps.value_or(0);
  if (config.training.max_time) options.max_seconds = config.training.max_time->seconds();
  options.warmup =
      config.schedule.warmup.unit == config::Unit::kPercent
          ? train::Warmup{train::Warmup::Unit::kFraction, config.schedule.warmup.fraction()}
      : config.schedule.warmup.unit == config::Unit::kEpochs
          ? train::Warmup{train::Warmup::Unit::kEpochs, config.schedule.warmup.amount}
          : train::Warmup{train::Warmup::Unit::kSteps, config.schedule.warmup.amount};
  options.skips_nonfinite = config.training.nonfinite == "skip";
  options.evaluate_every = build_interval(config.evaluation.every);
  options.evaluation_batch_size = config.evaluation.batch_size;
  options.metric = config.evaluation.metric;
  options.is_greater_better = is_greater_better(options.metric, "evaluation.metric");
  if (config.early_stopping) {
    options.early_stopping_metric = config.early_stopping->metric.value_or(options.metric);
    options.early_stopping = {
        config.early_stopping->patience, config.early_stopping->threshold,
        is_greater_better(options.early_stopping_metric, "early_stopping.metric")};
  }
  options.checkpoint_every = build_interval(config.checkpoints.every);
  options.keep_best = config.checkpoints.keep_best;
  options.log_every = build_interval(config.logging.every);
  return options;
}

}  // namespace finetune::run
