#include "run/config_checks.h"

#include "base/strings.h"

namespace finetune::run {
namespace {

void check_labels(const TaskSection& task, config::Document& document) {
  if (!task.labels) return;
  if (task.problem == "regression") {
    document.report({"task.labels", "task.problem"}, "a regression has no classes: leave it out");
  }
  if (task.problem == "single_label" && task.labels->size() < 2) {
    document.report({"task.labels", "task.problem"}, "one class leaves nothing to learn");
  }
}

void check_header(const DataSection& data, const std::string& key, const config::Column& column,
                  config::Document& document) {
  if (data.header || column.number) return;
  document.report({key, "data.header"},
                  base::cat("without a header a column is a number from 0, not the name ",
                            base::quote(column.name)));
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

}  // namespace

void check_together(const RunConfig& config, config::Document& document) {
  check_labels(config.task, document);
  check_columns(config.data, document);
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
