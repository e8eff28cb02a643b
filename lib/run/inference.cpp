#include "run/inference.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/strings.h"
#include "run/build.h"
#include "run/runtime.h"
#include "train/evaluator.h"

namespace finetune::run {

namespace fs = std::filesystem;

namespace {

std::optional<RunConfig> config_of_run(const fs::path& path) {
  const auto folder = resolve_run_folder(path);
  if (!folder) return std::nullopt;
  return read_run_config(*folder / "config.json");
}

data::ReadOptions read_options_of(const std::optional<RunConfig>& run, tasks::Problem problem,
                                  const ColumnOptions& columns) {
  data::ReadOptions read;
  if (run) read = build_read_options(*run);
  read.target_kind = build_target_kind(problem);
  read.on_bad_row = data::BadRowPolicy::kError;
  if (columns.text) read.text_column = *columns.text;
  if (columns.text_pair) read.text_pair_column = *columns.text_pair;
  if (columns.label) read.label_column = *columns.label;
  if (columns.has_no_header) read.has_header = false;
  return read;
}

}  // namespace

Inference::Inference(const fs::path& path, const ColumnOptions& columns)
    : threads_(configure_runtime(std::nullopt)),
      trained_(load_trained_model(path)),
      run_(config_of_run(path)),
      read_(read_options_of(run_, trained_.problem, columns)),
      task_(*trained_.model, trained_.problem, trained_.num_labels) {}

data::EncodingOptions Inference::encoding() const {
  const int64_t limit = trained_.model->max_length();
  const int64_t wanted = run_ && run_->data.max_length ? *run_->data.max_length : limit;
  return {static_cast<int32_t>(std::min(wanted, limit)), threads_, {}};
}

ScoreTable Inference::score(std::span<const data::Example> examples) {
  return score_dataset("", data::encode_examples(examples, encoding(), *trained_.tokenizer)).scores;
}

Inference::Scored Inference::score_file(const std::string& path, bool needs_labels) {
  data::FileOptions options{path, "data", read_, encoding()};
  if (!needs_labels) options.read.label_column.clear();
  const data::PreparedFile file = data::prepare_file(options, trained_.labels, *trained_.tokenizer);
  if (file.report.truncated_rows > 0) {
    base::log_warning(base::cat(file.report.truncated_rows, " of ", file.report.rows_kept,
                                " rows are longer than the model takes and were cut: ",
                                file.report.tokens_cut, " tokens lost"));
  }
  return score_dataset("data", file.dataset);
}

Inference::Scored Inference::score_split(const std::string& split) {
  if (!run_) {
    throw ConfigError(
        "--split needs a run folder, which knows its data files; for any other model give --data "
        "FILE");
  }
  data::DataOptions options =
      build_data_options(*run_, threads_, trained_.model->max_length(), trained_.labels.names());
  if (options.read.on_bad_row == data::BadRowPolicy::kQuarantine) {
    options.read.on_bad_row =
        data::BadRowPolicy::kSkip;  // the run's own quarantine files stay as they are
  }
  const auto data = data::prepare_data(options, *trained_.tokenizer);
  for (const std::string& warning : data.report.warnings) base::log_warning(warning);
  const std::map<std::string, std::shared_ptr<const data::EncodedDataset>> splits = {
      {"train", data.train}, {"validation", data.validation}, {"test", data.test}};
  const auto found = splits.find(split);
  if (found != splits.end() && found->second) return score_dataset(split, found->second);
  throw ConfigError(
      base::cat("this run has no split ", base::quote(split),
                "; expected train, validation or test, as far as its config names them"));
}

Inference::Scored Inference::score_dataset(std::string split,
                                           std::shared_ptr<const data::EncodedDataset> dataset) {
  Scored scored{std::move(split), dataset, ScoreTable(dataset->size(), trained_.num_labels), {}};
  const int64_t batch_size =
      run_ ? run_->evaluation.batch_size : train::EvaluatorOptions{}.batch_size;
  scored.values = train::evaluate(task_, *dataset, {batch_size, {}}, scored.scores.sink())->values;
  return scored;
}

}  // namespace finetune::run
