#include "run/config_checks.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "config/fields.h"
#include "data/row_reader.h"
#include "metrics/text_metrics.h"
#include "run/generation_checks.h"
#include "run/tokenizer_training.h"

namespace finetune::run {
namespace {

void check_task(const TaskSection& task, config::Document& document) {
  for (tasks::KeyProblem& problem : task.chosen().problems()) {
    for (std::string& key : problem.keys) key.insert(0, "task.");
    document.report(std::move(problem.keys), problem.message);
  }
}

void check_header(const DataSection& data, const std::string& key, const config::Column& column,
                  config::Document& document) {
  if (data.header || column.number) return;
  document.report({key, "data.header"},
                  base::cat("without a header a column is a number from 0, not the name ",
                            base::quote(column.name)));
}

/// Columns of a text and of the text to write.
void check_text_columns(const DataSection& data, config::Document& document) {
  if (!data.train.target.empty()) return;  // plain files have no columns
  check_header(data, "data.source_column", data.source_column, document);
  check_header(data, "data.target_column", data.target_column, document);
  if (data.source_column == data.target_column) {
    document.report({"data.target_column", "data.source_column"},
                    "the target cannot be the text's own column");
  }
}

void check_columns(const DataSection& data, config::Document& document) {
  check_header(data, "data.text_column", data.text_column, document);
  check_header(data, "data.label_column", data.label_column, document);
  if (data.text_column == data.label_column) {
    document.report({"data.label_column", "data.text_column"},
                    "the label cannot be the text's own column");
  }
  if (!data.text_pair_column) return;
  check_header(data, "data.text_pair_column", *data.text_pair_column, document);
  if (*data.text_pair_column == data.text_column) {
    document.report({"data.text_pair_column", "data.text_column"},
                    "a pair needs two different columns");
  }
}

/// A model of two parts is one of its own type.
void check_parts(const ModelSection& model, config::Document& document) {
  const bool is_of_parts = model.type == kEncoderDecoder;
  if (is_of_parts == model.encoder.has_value()) return;
  document.report({"model.type", "model.encoder"},
                  base::cat("\"encoder\" and \"decoder\" belong to \"type\": ",
                            base::quote(kEncoderDecoder), ", and that needs both"));
}

/// How tokenizers are trained stands in objects of their own.
void check_tokenizers(const ModelSection& model, config::Document& document) {
  for (const auto& [key, choice] : {std::pair{"model.tokenizer", &model.tokenizer},
                                    {"model.source_tokenizer", &model.source_tokenizer},
                                    {"model.target_tokenizer", &model.target_tokenizer}}) {
    if (*choice && !(*choice)->object.empty()) check_tokenizer_training(key, document);
  }
}

/// A share of the updates needs to know how many there will be.
void check_warmup(const RunConfig& config, config::Document& document) {
  const TrainingSection& training = config.training;
  const bool is_by_clock = training.max_time && !training.max_steps && !training.num_train_epochs;
  if (!is_by_clock || config.schedule.warmup.unit != config::Unit::kPercent) return;
  document.report({"schedule.warmup", "training.max_time"},
                  "how many updates fit into max_time is not known before: give the warm-up in "
                  "steps or epochs, or a num_train_epochs or max_steps");
}

/// Training rows are cut anew from texts that can be read again, a text a row.
void check_subword_sampling(const RunConfig& config, config::Document& document) {
  if (!config.data.subword_sampling) return;
  const SubwordSamplingSection& sampling = *config.data.subword_sampling;
  const data::TargetKind target = config.task.chosen().target_kind();
  const bool samples_target = sampling.target && target == data::TargetKind::kText;
  if (target == data::TargetKind::kNone) {
    document.report({"data.subword_sampling", "task.type"},
                    base::cat("the task ", config.task.type,
                              " learns from blocks of tokens, which cannot be cut anew"));
  } else if (!sampling.source && !samples_target) {
    document.report({"data.subword_sampling.source", "data.subword_sampling.target"},
                    "no text of this task is cut at random: leave subword_sampling out");
  }
  if (config.data.train.file == "-") {
    document.report({"data.subword_sampling", "data.train"},
                    "standard input cannot be read a second time: give a file");
  }
}

struct NamedFiles {
  std::string key;
  config::DataFile files;
};

/// The files of the splits that have some.
std::vector<NamedFiles> files_of_splits(const DataSection& data) {
  std::vector<NamedFiles> named{{"data.train", data.train}};
  if (data.validation)
    named.push_back({"data.validation", {data.validation->file, data.validation->target}});
  if (data.test) named.push_back({"data.test", *data.test});
  return named;
}

/// Two files belong to a task with a target text; one of plain text lacks what is right.
void check_files(const RunConfig& config, config::Document& document) {
  const data::TargetKind target = config.task.chosen().target_kind();
  const bool has_text = target == data::TargetKind::kText;
  for (const auto& [key, files] : files_of_splits(config.data)) {
    const bool is_pair = !files.target.empty();
    if (is_pair && !has_text) {
      document.report({key, "task.type"}, base::cat("the task ", config.task.type,
                                                    " has no target text: give one file"));
    }
    if (is_pair || target == data::TargetKind::kNone || !data::is_plain_text(files.file.string()))
      continue;
    document.report({key}, has_text ? "plain text has no column for the target text: give "
                                      "{\"source\": ..., \"target\": ...}, or TSV, CSV or JSONL"
                                    : "plain text has no column for the label: give TSV, CSV or "
                                      "JSONL");
  }
}

/// What would have no effect is an error in disguise.
void check_writes_texts(const RunConfig& config, config::Document& document) {
  if (config.task.chosen().writes_texts()) return;
  GenerationSection generation = config.generation;
  config::Fields fields;
  generation.describe(fields);
  for (const config::Field& field : fields.fields()) {
    if (!field.is_set()) continue;
    document.report({"generation." + field.key, "task.type"},
                    base::cat("the task ", config.task.type, " writes no texts: leave it out"));
  }
}

struct NamedMetric {
  std::string key;
  std::string metric;
};

/// The metrics that the config names.
std::vector<NamedMetric> named_metrics(const RunConfig& config) {
  std::vector<NamedMetric> named{{"evaluation.metric", config.evaluation.metric}};
  if (config.early_stopping && config.early_stopping->metric)
    named.push_back({"early_stopping.metric", *config.early_stopping->metric});
  return named;
}

/// Where no text is written while training, nothing is known of what only written texts have.
void check_metrics_of_texts(const RunConfig& config, config::Document& document) {
  const bool has_target_texts = config.task.chosen().target_kind() == data::TargetKind::kText;
  if (!has_target_texts || config.evaluation.decode_examples > 0) return;
  const auto& names = metrics::text_metric_names();
  for (const auto& [key, metric] : named_metrics(config)) {
    if (std::ranges::find(names, metric) == names.end()) continue;
    document.report({key, "evaluation.decode_examples"},
                    base::cat(metric,
                              " is one of written texts, and with decode_examples 0 none "
                              "are written while training"));
  }
}

}  // namespace

std::vector<tasks::KeyProblem> metric_problems(const RunConfig& config,
                                               const data::LabelMap& labels) {
  const tasks::TaskType& type = config.task.chosen();
  const std::vector<std::string> names = type.metric_names(labels);
  std::vector<tasks::KeyProblem> problems;
  for (const auto& [key, metric] : named_metrics(config)) {
    if (std::ranges::find(names, metric) != names.end()) continue;
    problems.push_back({{key, "task.type", "task.problem"},
                        base::cat(type.description(labels), " has no ", base::quote(metric),
                                  "; it has ", base::join(names, ", "))});
  }
  return problems;
}

void check_together(const RunConfig& config, config::Document& document) {
  check_task(config.task, document);
  const data::TargetKind target = config.task.chosen().target_kind();
  if (target == data::TargetKind::kText) {
    check_text_columns(config.data, document);
  } else if (target == data::TargetKind::kNone) {
    check_header(config.data, "data.text_column", config.data.text_column, document);
  } else {
    check_columns(config.data, document);
  }
  check_files(config, document);
  check_metrics_of_texts(config, document);
  check_subword_sampling(config, document);
  check_parts(config.model, document);
  check_warmup(config, document);
  check_tokenizers(config.model, document);
  check_generation(config.generation, document);
  check_writes_texts(config, document);
  for (tasks::KeyProblem& problem : metric_problems(config, {}))
    document.report(std::move(problem.keys), problem.message);
  if (config.early_stopping && !config.data.validation) {
    document.report({"early_stopping", "data.validation"},
                    "early stopping needs validation data: give \"data\": {\"validation\": ...}");
  }
  if (config.model.path && *config.model.path == config.output_dir) {
    document.report({"output_dir", "model.path"},
                    "the run would overwrite the model that it starts from");
  }
}

}  // namespace finetune::run
