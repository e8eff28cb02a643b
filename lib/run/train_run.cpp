#include "run/train_run.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"
#include "models/registry.h"
#include "run/build.h"
#include "run/environment.h"
#include "run/model_folder.h"
#include "run/predictions.h"
#include "run/run_log.h"
#include "run/run_report.h"
#include "run/runtime.h"
#include "run/split_result.h"
#include "tensors/named_tensors.h"
#include "train/checkpoint_files.h"
#include "train/evaluator.h"
#include "train/stop_signal.h"

namespace finetune::run {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr size_t kShownWrongAnswers = 20;

/// Makes the run folder before anything slow begins.
void make_run_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder)) {
    throw IoError(base::cat("output_dir ", folder.string(), " cannot be created: ",
                            error ? error.message() : "something else has that name"));
  }
}

/// Label names of a model that was trained before, in its order, if they are the ones the data has.
std::vector<std::string> stored_label_order(const json& model_config,
                                            const data::LabelMap& learned) {
  const json id2label = model_config.value("id2label", json::object());
  std::vector<std::string> names;
  for (size_t id = 0; id < id2label.size(); ++id) {
    const auto found = id2label.find(std::to_string(id));
    if (found == id2label.end() || !found->is_string()) return {};
    names.push_back(found->get<std::string>());
  }
  const bool is_same_set = std::set<std::string>(names.begin(), names.end()) ==
                           std::set<std::string>(learned.names().begin(), learned.names().end());
  return is_same_set && names != learned.names() ? names : std::vector<std::string>{};
}

data::PreparedData prepare(const RunConfig& config, const json& model_config,
                           const text::Tokenizer& tokenizer, int threads) {
  const int64_t max_length = models::construct_sequence_classifier(model_config, {})->max_length();
  data::PreparedData data =
      data::prepare_data(build_data_options(config, threads, max_length, {}), tokenizer);
  const std::vector<std::string> order = stored_label_order(model_config, data.labels);
  if (!config.task.labels && !order.empty()) {
    if (config.data.train == "-") {
      throw ConfigError(
          "the model was trained with its labels in another order, and standard input cannot be "
          "read twice; give "
          "task.labels: " +
          base::join(order, ", "));
    }
    data = data::prepare_data(build_data_options(config, threads, max_length, order), tokenizer);
  }
  for (const std::string& warning : data.report.warnings) base::log_warning(warning);
  return data;
}

const char* status_of(train::Outcome outcome) {
  switch (outcome) {
    case train::Outcome::kFinished:
      return "finished";
    case train::Outcome::kStoppedEarly:
      return "stopped_early";
    case train::Outcome::kTimeIsUp:
      return "time_is_up";
    case train::Outcome::kPreempted:
      return "preempted";
  }
  return "";
}

/// The objects of one run, built in the order of their declaration.
class Run {
 public:
  Run(const TrainRequest& request, RunObserver& observer)
      : config_(request.config),
        observer_(observer),
        lock_(config_.output_dir),
        threads_(configure_runtime(config_.training.threads)),
        found_(choose_checkpoint(config_.output_dir, request.resume)),
        tokenizer_(text::load_tokenizer(tokenizer_source(config_))),
        model_config_(build_model_config(config_)),
        problem_(tasks::problem_from(config_.task.problem)) {
    if (found_) check_config_unchanged(config_.output_dir, config_, request.is_forced);
    data_ = prepare(config_, model_config_, *tokenizer_, threads_);
    record_ = RunRecord::of(data_, threads_);
    if (found_) check_run_record(found_->folder, record_, request.allows_data_change);
    num_labels_ = problem_ == tasks::Problem::kRegression ? 1 : data_.labels.size();
    check_metrics(config_, num_labels_);
    model_ = found_ ? build_model_from_checkpoint(config_, found_->folder, num_labels_)
                    : build_model(config_, model_config_, num_labels_);
    check_vocabulary(*model_, *tokenizer_);
  }

  TrainSummary execute() {
    write_run_files();
    optim::FlatParameters parameters = build_parameters(*model_);
    optim::AdamW optimizer(parameters, build_optimizer_options(config_));
    tasks::ClassificationTask task(*model_, problem_, num_labels_);
    train::CheckpointStore store(base::posix_fs(), config_.output_dir,
                                 build_checkpoint_options(config_));
    store.sweep();
    RunLog log(config_, observer_, found_ ? std::optional(found_->step) : std::nullopt);
    const train::StopSignal signal;
    train::Trainer trainer(
        {task, parameters, optimizer, *data_.train, data_.validation.get(), store, log,
         [&](base::Fs& files, const fs::path& folder, const train::TrainState& state) {
           write_checkpoint(files, folder, log.trainer_state_text(state, total_updates_));
         },
         [] { return train::StopSignal::received() != 0; }},
        build_trainer_options(config_));
    total_updates_ = trainer.total_updates();
    if (found_) trainer.restore(train::read_train_state(found_->folder, optimizer));
    observer_.on_start(total_updates_, trainer.state().position.updates);
    const train::Outcome outcome = trainer.run();
    return finish(outcome, trainer.state(), task, log);
  }

 private:
  /// What evaluating the final model needs beside a split.
  struct Judge {
    tasks::Task& task;
    RunLog& log;
    const train::TrainState& state;
  };

  void write_run_files() {
    base::Fs& files = base::posix_fs();
    const fs::path& folder = config_.output_dir;
    base::write_file_durably(files, folder / "config.json", render(config_));
    base::write_file_durably(files, folder / "environment.json",
                             report::environment_json(describe_environment(data_, threads_)));
    base::write_file_durably(files, folder / "data_report.json", data::to_json_text(data_.report));
  }

  void write_checkpoint(base::Fs& files, const fs::path& folder, const std::string& trainer_state) {
    write_model_folder(files, folder, {*model_, tokenizer_source(config_), data_.labels, problem_});
    write_run_record(files, folder, record_);
    base::write_file_synced(files, folder / "trainer_state.json", trainer_state);
  }

  TrainSummary finish(train::Outcome outcome, const train::TrainState& state, tasks::Task& task,
                      RunLog& log) {
    TrainSummary summary;
    summary.status = status_of(outcome);
    summary.output_dir = config_.output_dir;
    summary.num_updates = state.position.updates;
    summary.train_seconds = state.position.seconds;
    summary.tokens_per_second = log.tokens_per_second();
    if (outcome == train::Outcome::kPreempted || !judge_model(task, log, state, summary)) {
      summary.status = status_of(train::Outcome::kPreempted);
      log.preempt(state);
      return summary;
    }
    log.finish(summary.status, state, data_.train->size(), total_updates_);
    base::write_file_durably(
        base::posix_fs(), config_.output_dir / "report.html",
        run_report_html({config_, data_.report, summary.status, std::move(split_results_),
                         std::move(wrong_answers_)}));
    return summary;
  }

  /// Evaluates the final model on the splits it has. False when a signal cut that short: the next
  /// start makes up for it.
  bool judge_model(tasks::Task& task, RunLog& log, const train::TrainState& state,
                   TrainSummary& summary) {
    if (load_best() && state.best_metric) summary.best_step = state.best_step;
    const Judge judge{task, log, state};
    if (data_.validation) {
      const auto values = evaluate_split(judge, "validation", *data_.validation, validation_path());
      if (!values) return false;
      summary.validation = *values;
    }
    if (data_.test) {
      const auto values = evaluate_split(judge, "test", *data_.test, config_.data.test->string());
      if (!values) return false;
      summary.test = *values;
    }
    return true;
  }

  /// Takes the weights that the run is judged by: the best checkpoint's where there is one.
  bool load_best() {
    const fs::path best = config_.output_dir / "best";
    if (!fs::exists(best)) return false;
    verify_checkpoint(best);
    models::LoadOptions options;
    options.allow_new_head = false;
    models::load_weights(*model_, tensors::read_weights(best), options);
    return true;
  }

  std::string validation_path() const {
    const fs::path& file = config_.data.validation->file;
    return file.empty() ? config_.data.train.string() : file.string();
  }

  /// Evaluates the final model on a split and writes its results and predictions; nothing after a
  /// signal.
  std::optional<metrics::Values> evaluate_split(const Judge& judge, const std::string& split,
                                                const data::EncodedDataset& dataset,
                                                const std::string& path) {
    ScoreTable scores(dataset.size(), num_labels_);
    const auto result = train::evaluate(
        judge.task, dataset,
        {config_.evaluation.batch_size, [] { return train::StopSignal::received() != 0; }},
        scores.sink());
    if (!result) return std::nullopt;
    judge.log.add_final_evaluation(split, judge.state, *result);
    const JudgedSplit judged{split, problem_, data_.labels, dataset, scores, result->values};
    split_results_.push_back(judge_split(judged));
    try {
      write_predictions(judged, path);
    } catch (
        const DataError& error) {  // the file has changed meanwhile: results stand, texts are gone
      base::log_warning(base::cat("predictions are written without texts\n", error.report()));
      write_predictions(judged, "-");
    }
    return result->values;
  }

  /// predictions/<split>.jsonl and the examples for the report; with "-" as path without their
  /// texts.
  void write_predictions(const JudgedSplit& judged, const std::string& path) {
    const fs::path folder = config_.output_dir / "predictions";
    std::error_code ignored;
    fs::create_directory(folder, ignored);
    const data::ReadOptions read = build_read_options(config_);
    base::write_file_durably(
        base::posix_fs(), folder / (judged.split + ".jsonl"),
        predictions_jsonl({path, read, judged.dataset, judged.scores, problem_, data_.labels}));
    wrong_answers_ = wrong_answers(judged, path, read, kShownWrongAnswers);
  }

  RunConfig config_;
  RunObserver& observer_;
  base::FolderLock lock_;
  int threads_;
  std::optional<train::FoundCheckpoint> found_;
  std::unique_ptr<text::Tokenizer> tokenizer_;
  json model_config_;
  tasks::Problem problem_;
  data::PreparedData data_;
  RunRecord record_;
  int64_t num_labels_ = 0;
  int64_t total_updates_ = 0;
  std::vector<report::SplitResult> split_results_;
  std::vector<report::WrongAnswer> wrong_answers_;  ///< of the split evaluated last
  std::unique_ptr<models::SequenceClassifier> model_;
};

}  // namespace

TrainSummary train(const TrainRequest& request, RunObserver& observer) {
  make_run_folder(request.config.output_dir);
  return Run(request, observer).execute();
}

}  // namespace finetune::run
