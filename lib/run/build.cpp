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
#include "metrics/metric.h"
#include "run/config_checks.h"
#include "run/layer_names.h"
#include "run/model_parts.h"

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

data::TextUnit text_unit(const std::string& word) {
  if (word == "paragraph") return data::TextUnit::kParagraph;
  return word == "file" ? data::TextUnit::kFile : data::TextUnit::kLine;
}

data::LongRows long_rows(const RunConfig& config) {
  if (!config.data.on_long_row) {
    const bool has_target_text = config.task.chosen().target_kind() == data::TargetKind::kText;
    return has_target_text ? data::LongRows::kDrop : data::LongRows::kCut;
  }
  if (*config.data.on_long_row == "drop") return data::LongRows::kDrop;
  return *config.data.on_long_row == "error" ? data::LongRows::kError : data::LongRows::kCut;
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

/// A length of the config, or all that the model has.
int64_t length_within(const char* key, const std::optional<int64_t>& length, int64_t limit) {
  if (length && *length > limit) {
    throw ConfigError(
        base::cat(key, " is ", *length, ", but the model has only ", limit, " positions"));
  }
  return length.value_or(limit);
}

bool is_greater_better(const std::string& metric, const char* key) {
  if (const auto known = metrics::is_greater_better(metric)) return *known;
  throw ConfigError(base::cat(key, ": unknown metric ", base::quote(metric), "; known are ",
                              base::join(metrics::metric_names(), ", ")));
}

optim::ScheduleType schedule_type(const ScheduleSection& schedule) {
  if (schedule.type == "constant") return optim::ScheduleType::kConstant;
  if (schedule.type == "inverse_sqrt") return optim::ScheduleType::kInverseSqrt;
  return optim::ScheduleType::kLinear;
}

train::Warmup build_warmup(const ScheduleSection& schedule) {
  using Unit = train::Warmup::Unit;
  const config::Duration& warmup = schedule.warmup;
  if (warmup.unit == config::Unit::kPercent) return {Unit::kFraction, warmup.fraction()};
  return {warmup.unit == config::Unit::kEpochs ? Unit::kEpochs : Unit::kSteps, warmup.amount};
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

data::ReadOptions build_read_options(const RunConfig& config) {
  data::ReadOptions read;
  read.has_header = config.data.header;
  read.text_column = column_text(config.data.text_column);
  read.text_unit = text_unit(config.data.text_unit);
  if (config.data.text_pair_column)
    read.text_pair_column = column_text(*config.data.text_pair_column);
  read.label_column = column_text(config.data.label_column);
  read.target_kind = config.task.chosen().target_kind();
  if (read.target_kind == data::TargetKind::kText) {
    read.text_column = column_text(config.data.source_column);
    read.text_pair_column.clear();
    read.label_column = column_text(config.data.target_column);
  } else if (read.target_kind == data::TargetKind::kNone) {
    read.text_pair_column.clear();
    read.label_column.clear();
  }
  read.on_bad_row = bad_row_policy(config.data.on_bad_row);
  read.max_bad_rows = config.data.max_bad_rows;
  read.max_row_bytes = static_cast<uint64_t>(config.data.max_row_bytes);
  read.quarantine_folder = config.output_dir;
  return read;
}

data::EncodingOptions build_encoding_options(const RunConfig& config,
                                             const tasks::ModelLimits& limits) {
  data::EncodingOptions encoding;
  encoding.max_length = static_cast<int32_t>(
      length_within("data.max_length", config.data.max_length, limits.max_length));
  encoding.long_rows = long_rows(config);
  if (config.task.chosen().target_kind() == data::TargetKind::kText) {
    encoding.target.max_length = static_cast<int32_t>(length_within(
        "data.max_target_length", config.data.max_target_length, limits.max_target_length));
    encoding.target.max_length_ratio = config.data.max_length_ratio.value_or(0.0);
  }
  config.task.chosen().adapt(encoding, limits);
  return encoding;
}

data::DataOptions build_data_options(const RunConfig& config, int num_threads,
                                     const tasks::ModelLimits& limits) {
  data::DataOptions options;
  options.train = config.data.train.file.string();
  options.train_target = config.data.train.target.string();
  if (config.data.validation) {
    options.validation = config.data.validation->file.string();
    options.validation_target = config.data.validation->target.string();
    options.validation_fraction = config.data.validation->percent / 100.0;
  }
  if (config.data.test) {
    options.test = config.data.test->file.string();
    options.test_target = config.data.test->target.string();
  }
  options.seed = static_cast<uint64_t>(config.seed);
  options.read = build_read_options(config);
  options.encoding = build_encoding_options(config, limits);
  options.encoding.num_threads = num_threads;
  options.encoding.cache_folder = cache_folder(config.data);
  return options;
}

json build_model_config(const RunConfig& config, const Tokenizers& tokenizers) {
  if (config.model.path) return base::read_json_file(*config.model.path / "config.json");
  if (config.model.encoder) return config_of(build_warm_start(config, tokenizers));
  json model =
      base::parse_json(config.model.config ? config.model.config->text : "{}", "model.config");
  model["model_type"] = config.model.type.value_or("");
  add_vocabulary(model, tokenizers);
  return model;
}

std::unique_ptr<models::Model> build_model(const RunConfig& config, const ModelInput& input,
                                           const models::LoadOptions& load) {
  std::optional<models::WarmStart> warm_start;
  if (config.model.encoder) warm_start = build_warm_start(config, input.tokenizers);
  auto [model, report] =
      config.task.chosen().build_model({.config = input.config,
                                        .folder = config.model.path,
                                        .load = load,
                                        .warm_start = warm_start ? &*warm_start : nullptr,
                                        .seed = static_cast<uint64_t>(config.seed),
                                        .dropout = config.model.dropout,
                                        .classifier_dropout = config.model.classifier_dropout},
                                       input.labels);
  if (!report.initialized.empty()) {
    base::log_info("initialised at random (not in the checkpoint): " +
                   base::join(collapse_layers(report.initialized), ", "));
  }
  if (!report.ignored.empty()) {
    base::log_info("not used from the checkpoint: " +
                   base::join(collapse_layers(report.ignored), ", "));
  }
  return std::move(model);
}

std::unique_ptr<models::Model> build_model_from_checkpoint(const RunConfig& config,
                                                           const fs::path& checkpoint,
                                                           const data::LabelMap& labels) {
  const json model_config = base::read_json_file(checkpoint / "config.json");
  models::LoadOptions load;
  load.allow_new_head = false;
  return config.task.chosen()
      .build_model({.config = model_config,
                    .folder = checkpoint,
                    .load = load,
                    .seed = static_cast<uint64_t>(config.seed),
                    .dropout = config.model.dropout,
                    .classifier_dropout = config.model.classifier_dropout},
                   labels)
      .model;
}

optim::FlatParameters build_parameters(models::Model& model) {
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

void check_metrics(const RunConfig& config, const data::LabelMap& labels) {
  std::vector<std::string> problems;
  for (const tasks::KeyProblem& problem : metric_problems(config, labels))
    problems.push_back(problem.keys.front() + ": " + problem.message);
  if (!problems.empty()) throw ConfigError(base::join(problems, "\n"));
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
  options.schedule.type = schedule_type(config.schedule);
  options.num_train_epochs =
      config.training.num_train_epochs.value_or(std::numeric_limits<double>::infinity());
  options.max_steps = config.training.max_steps.value_or(0);
  if (config.training.max_time) options.max_seconds = config.training.max_time->seconds();
  options.warmup = build_warmup(config.schedule);
  options.skips_nonfinite = config.training.nonfinite == "skip";
  options.evaluate_every = build_interval(config.evaluation.every);
  options.evaluation_batch_size = config.evaluation.batch_size;
  options.answer_every =
      build_interval(config.evaluation.decode_every.value_or(config.evaluation.every));
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
  if (config.checkpoints.on_save_error == "abort") options.max_failed_saves = 1;
  options.log_every = build_interval(config.logging.every);
  return options;
}

}  // namespace finetune::run
