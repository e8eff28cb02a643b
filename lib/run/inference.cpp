#include "run/inference.h"

#include <algorithm>
#include <exception>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/strings.h"
#include "data/byte_source.h"
#include "data/example_reader.h"
#include "data/row_reader.h"
#include "run/build.h"
#include "run/build_generation.h"
#include "run/predictions.h"
#include "run/runtime.h"
#include "train/evaluator.h"

namespace finetune::run {

namespace fs = std::filesystem;

namespace {

constexpr size_t kRowsAtOnce = 2048;  ///< of a file, which is answered part by part

std::optional<RunConfig> config_of_run(const fs::path& path) {
  const auto folder = resolve_run_folder(path);
  if (!folder) return std::nullopt;
  return read_run_config(*folder / "config.json");
}

data::ReadOptions read_options_of(const std::optional<RunConfig>& run, const tasks::TaskType& type,
                                  const ColumnOptions& columns) {
  data::ReadOptions read;
  if (run) read = build_read_options(*run);
  read.target_kind = type.target_kind();
  if (!run && read.target_kind == data::TargetKind::kText) {
    read.text_column = DataSection().source_column.name;
    read.label_column = DataSection().target_column.name;
  } else if (read.target_kind == data::TargetKind::kNone) {
    read.label_column.clear();
  }
  read.on_bad_row = data::BadRowPolicy::kError;
  read.advises_options = true;
  if (columns.text) read.text_column = *columns.text;
  if (columns.text_pair) read.text_pair_column = *columns.text_pair;
  if (columns.label) read.label_column = *columns.label;
  if (columns.has_no_header) read.has_header = false;
  return read;
}

/// How the model writes texts.
decode::Options generation_of(const TrainedModel& trained, const RunConfig& run,
                              const tasks::ModelLimits& limits,
                              const std::optional<GenerationOverrides>& overrides) {
  if (!trained.type->writes_texts()) {
    if (!overrides) return {};
    throw ConfigError(
        base::cat("settings of generation are for models that write texts; this one "
                  "was trained for ",
                  trained.type->name()));
  }
  decode::Options options = build_generation(run, read_generation_defaults(trained.folder), limits,
                                             overrides.value_or(GenerationOverrides{}));
  check_generation_fits(*trained.model, options);
  return options;
}

/// Rows of a file and what is wrong with the one behind them, if anything.
struct Rows {
  std::vector<data::Example> examples;
  std::exception_ptr problem;
};

Rows next_rows(data::ExampleReader& reader) {
  Rows rows;
  data::Example row;
  try {
    while (rows.examples.size() < kRowsAtOnce && reader.next(row))
      rows.examples.push_back(std::move(row));
  } catch (const DataError&) {
    rows.problem = std::current_exception();
  }
  return rows;
}

/// An example that became no row.
[[noreturn]] void refuse(const data::Example& example, const std::string& before_line) {
  throw DataError(base::cat(before_line, example.line,
                            example.target.empty()
                                ? ": the tokenizer gives no token for the text "
                                : ": the target is longer than what the model can write, or there "
                                  "is no token in the text ",
                            base::quote(example.text)));
}

void warn_of_cuts(std::span<const data::Example> examples, const data::EncodedDataset& dataset,
                  const std::string& limit) {
  int64_t num_cut = 0;
  int64_t tokens_cut = 0;
  size_t first = 0;
  for (int64_t row = 0; row < dataset.size(); ++row) {
    if (dataset.tokens_cut(row) == 0) continue;
    if (num_cut++ == 0) first = static_cast<size_t>(row);
    tokens_cut += dataset.tokens_cut(row);
  }
  if (num_cut == 0) return;
  base::log_warning(base::cat(num_cut, " of ", dataset.size(),
                              " texts are longer than the model takes (", limit,
                              ") and were cut: ", tokens_cut, " tokens lost, the first of them of ",
                              base::quote(examples[first].text, 60)));
}

}  // namespace

Inference::Inference(const fs::path& path, const ColumnOptions& columns,
                     const std::optional<GenerationOverrides>& generation,
                     const models::LoadOptions& load)
    : threads_(configure_runtime(std::nullopt)),
      trained_(load_trained_model(path, load)),
      run_(config_of_run(path)),
      read_(read_options_of(run_, *trained_.type, columns)),
      limits_(trained_.type->limits(trained_.model->config())),
      generation_(generation_of(trained_, run_.value_or(RunConfig{}), limits_, generation)),
      task_(trained_.type->bind({*trained_.model, trained_.labels, *trained_.tokenizers.source,
                                 *trained_.tokenizers.target, generation_})) {}

data::EncodingOptions Inference::encoding() const {
  data::EncodingOptions encoding;
  if (run_) {
    encoding = build_encoding_options(*run_, limits_);
  } else {
    encoding.max_length = static_cast<int32_t>(limits_.max_length);
    encoding.target.max_length = static_cast<int32_t>(limits_.max_target_length);
    trained_.type->adapt(encoding, limits_);
  }
  encoding.num_threads = threads_;
  encoding.long_rows = data::LongRows::kCut;
  return encoding;
}

/// Of texts without targets. A language model writes behind the text, on the positions that are
/// left: it goes on from the end of a long one, but translates the beginning, as in training.
data::EncodingOptions Inference::prompt_encoding() const {
  data::EncodingOptions prompts = encoding();
  if (!trained_.type->writes_texts() || limits_.decoder_start) return prompts;
  const int64_t longest = longest_prompt(generation_, limits_.max_length);
  prompts.max_length = static_cast<int32_t>(std::min<int64_t>(prompts.max_length, longest));
  if (trained_.type->target_kind() != data::TargetKind::kText)
    prompts.long_rows = data::LongRows::kCutBeginning;
  return prompts;
}

Inference::Part Inference::answer_first(std::span<const data::Example> examples,
                                        tasks::AnswerMode mode) {
  const bool writes = mode == tasks::AnswerMode::kFull;
  const data::EncodingOptions texts = writes ? prompt_encoding() : encoding();
  const auto dataset = data::encode_examples(examples, texts, trained_.tokenizers.for_data());
  if (dataset->size() == 0) return {};
  warn_of_cuts(examples, *dataset, base::cat(texts.max_length, " tokens"));
  const int64_t first_row = std::exchange(num_answered_, num_answered_ + dataset->size());
  auto result = train::evaluate(*task_, *dataset,
                                {batch_size(), {}, mode, /*wants_values=*/!writes, first_row});
  return {std::move(result->answers), static_cast<size_t>(dataset->size())};
}

std::unique_ptr<tasks::Answers> Inference::answer(std::span<const data::Example> examples) {
  Part part = answer_first(examples, tasks::AnswerMode::kFull);
  if (part.num_rows < examples.size()) refuse(examples[part.num_rows], "line ");
  return std::move(part.answers);
}

void Inference::take_in_order(std::span<const data::Example> examples, tasks::AnswerMode mode,
                              const std::string& before_line, const Take& take) {
  const Part part = answer_first(examples, mode);
  if (part.answers) take(*part.answers, static_cast<int64_t>(part.num_rows));
  if (part.num_rows < examples.size()) refuse(examples[part.num_rows], before_line);
}

void Inference::answer_in_order(std::span<const data::Example> examples, const Take& take) {
  take_in_order(examples, tasks::AnswerMode::kFull, "line ", take);
}

void Inference::score_in_order(std::span<const data::Example> examples, const Take& take) {
  take_in_order(examples, tasks::AnswerMode::kGiven, "line ", take);
}

void Inference::take_rows(const std::string& path, const data::ReadOptions& read,
                          tasks::AnswerMode mode, const Take& take) {
  data::BadRows bad_rows(path, "data", read);
  data::ExampleReader reader(path, read, bad_rows);
  for (Rows rows = next_rows(reader); !rows.examples.empty() || rows.problem;
       rows = next_rows(reader)) {
    take_in_order(rows.examples, mode, data::name_of_source(path) + ":", take);
    if (rows.problem) std::rethrow_exception(rows.problem);
  }
}

void Inference::answer_rows(const std::string& path, const Take& take) {
  data::ReadOptions read = read_;
  read.label_column.clear();
  read.text_unit = data::TextUnit::kEveryLine;
  take_rows(path, read, tasks::AnswerMode::kFull, take);
}

void Inference::score_rows(const std::string& path, const std::string& target_path,
                           const Take& take) {
  check_has_target(path, target_path);
  data::ReadOptions read = read_;
  read.target_path = target_path;
  take_rows(path, read, tasks::AnswerMode::kGiven, take);
}

/// Plain text has no columns: a text that is right stands in a file beside it.
void Inference::check_has_target(const std::string& path, const std::string& target_path) const {
  const bool has_text = read_.target_kind == data::TargetKind::kText;
  if (!target_path.empty() && !has_text)
    throw ConfigError("--target is for models that write texts from texts, not for this one");
  if (!has_text || !target_path.empty() || !data::is_plain_text(path)) return;
  throw ConfigError(base::cat(path, ": plain text has no column for the text that is right: give ",
                              "the file that has it, line by line, with --target FILE"));
}

Inference::Answered Inference::answer_file(const std::string& path,
                                           const std::string& target_path) {
  check_has_target(path, target_path);
  data::FileOptions options{path, "data", read_, encoding()};
  options.read.target_path = target_path;
  const data::PreparedFile file =
      data::prepare_file(options, trained_.labels, trained_.tokenizers.for_data());
  if (file.report.truncated_rows > 0) {
    base::log_warning(base::cat(file.report.truncated_rows, " of ", file.report.rows_kept,
                                " rows are longer than the model takes and were cut: ",
                                file.report.tokens_cut, " tokens lost"));
  }
  return answer_dataset({"data", path, options.read}, file.dataset, judging_mode());
}

Inference::Answered Inference::answer_split(const std::string& split) {
  if (!run_) {
    throw ConfigError(
        "--split needs a run folder, which knows its data files; else give --data FILE");
  }
  data::DataOptions options = build_data_options(*run_, threads_, limits_);
  if (trained_.labels.size() > 0) options.label_names = trained_.labels.names();
  if (options.read.on_bad_row == data::BadRowPolicy::kQuarantine) {
    options.read.on_bad_row =
        data::BadRowPolicy::kSkip;  // the run's own quarantine files stay as they are
  }
  const auto data = data::prepare_data(options, trained_.tokenizers.for_data());
  for (const std::string& warning : data.report.warnings) base::log_warning(warning);
  const std::map<std::string, std::shared_ptr<const data::EncodedDataset>> splits = {
      {"train", data.train}, {"validation", data.validation}, {"test", data.test}};
  const auto found = splits.find(split);
  if (found != splits.end() && found->second) {
    const data::FileOptions file = data::file_of_split(options, split);
    return answer_dataset({split, file.path, file.read}, found->second, judging_mode());
  }
  throw ConfigError(
      base::cat("this run has no split ", base::quote(split),
                "; expected train, validation or test, as far as its config names them"));
}

tasks::AnswerMode Inference::judging_mode() const {
  return trained_.type->judges_answers() ? tasks::AnswerMode::kFull : tasks::AnswerMode::kNone;
}

int64_t Inference::batch_size() const {
  return run_ ? run_->evaluation.batch_size : train::EvaluatorOptions{}.batch_size;
}

Inference::Answered Inference::answer_dataset(const Source& source,
                                              std::shared_ptr<const data::EncodedDataset> dataset,
                                              tasks::AnswerMode mode) {
  auto result = train::evaluate(
      *task_, *dataset,
      {.batch_size = batch_size(), .should_stop = {}, .answers = mode, .has_intervals = true});
  Answered answered{source.split, std::move(dataset), std::move(result->answers),
                    std::move(result->values), std::move(result->intervals)};
  if (answered.answers) {
    meet_examples(*answered.answers, {source.path, source.read, *answered.dataset});
    answered.values.merge(answered.answers->values());
  }
  return answered;
}

metrics::SplitResult judge(const Inference::Answered& answered) {
  metrics::SplitResult result;
  result.num_examples = answered.dataset->size();
  if (answered.answers) result = answered.answers->judge(*answered.dataset);
  result.split = answered.split;
  for (const auto& [name, value] : answered.values) result.values[name] = value;
  result.intervals.insert(answered.intervals.begin(), answered.intervals.end());
  return result;
}

}  // namespace finetune::run
