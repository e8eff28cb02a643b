#include "run/train_run.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"
#include "run/build.h"
#include "run/build_generation.h"
#include "run/environment.h"
#include "run/final_evaluation.h"
#include "run/generation_config.h"
#include "run/model_folder.h"
#include "run/model_parts.h"
#include "run/run_log.h"
#include "run/run_report.h"
#include "run/runtime.h"
#include "run/samples.h"
#include "run/subword_sampling.h"
#include "run/tokenizers.h"
#include "train/checkpoint_files.h"
#include "train/stop_signal.h"

namespace finetune::run {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

data::PreparedData prepare(const RunConfig& config, const json& model_config,
                           const Tokenizers& tokenizers, int threads) {
  const tasks::TaskType& type = config.task.chosen();
  data::DataOptions options = build_data_options(config, threads, type.limits(model_config));
  options.encoding.poll = &train::StopSignal::poll;
  options.label_names = type.label_order(model_config, {});
  data::PreparedData data = data::prepare_data(options, tokenizers.for_data());
  const auto order = type.label_order(model_config, data.labels);
  if (order && *order != data.labels.names()) {
    if (config.data.train.file == "-") {
      throw ConfigError(
          "the model was trained with its labels in another order, and standard input cannot be "
          "read twice; give "
          "task.labels: " +
          base::join(*order, ", "));
    }
    options.label_names = order;
    data = data::prepare_data(options, tokenizers.for_data());
  }
  for (const std::string& warning : data.report.warnings) base::log_warning(warning);
  return data;
}

/// How the run writes texts: as its config says, else as the model that it starts from does.
decode::Options generation_of(const RunConfig& config, const tasks::ModelLimits& limits) {
  const bool has_defaults = config.task.chosen().writes_texts() && config.model.path;
  return build_generation(
      config, has_defaults ? read_generation_defaults(*config.model.path) : GenerationDefaults{},
      limits);
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
        found_(find_checkpoint(request)),
        tokenizers_(build_tokenizers(config_, found_ ? std::optional(found_->folder) : std::nullopt,
                                     threads_)),
        model_config_(build_model_config(config_, tokenizers_)) {
    train::StopSignal::poll();
    if (found_) {
      is_same_run_ = check_config_unchanged(found_->folder, config_, request.is_forced);
      check_architecture(found_->folder, model_config_);
    }
    check_subword_sampling(config_, tokenizers_);
    limits_ = model_limits(config_, model_config_);
    data_ = prepare(config_, model_config_, tokenizers_, threads_);
    train::StopSignal::poll();
    record_ = RunRecord::of(data_, threads_);
    if (found_) check_run_record(found_->folder, record_, config_.data, request.allows_data_change);
    check_metrics(config_, data_.labels);
    model_ = found_
                 ? build_model_from_checkpoint(config_, found_->folder, data_.labels)
                 : build_model(config_, {model_config_, tokenizers_, data_.labels}, request.load);
    check_vocabulary(*model_, tokenizers_);
    generation_ = generation_of(config_, limits_);
    check_generation_fits(*model_, generation_);
    train::StopSignal::poll();
  }

  TrainSummary execute() {
    optim::FlatParameters parameters = build_parameters(*model_);
    optim::AdamW optimizer(parameters, build_optimizer_options(config_));
    const auto task = config_.task.chosen().bind(
        {*model_, data_.labels, *tokenizers_.source, *tokenizers_.target, generation_});
    const auto should_stop = [] { return train::StopSignal::received() != 0; };
    const auto samples = build_samples(*task);
    const auto sampled_rows =
        build_sampled_rows(config_, *data_.train, file_of("train"), tokenizers_);
    train::CheckpointStore store(base::posix_fs(), config_.output_dir,
                                 build_checkpoint_options(config_));
    store.sweep();
    RunLog log(config_, observer_, found_ ? std::optional(found_->step) : std::nullopt,
               models::num_parameters_outside_tables(model_->module()));
    const train::TrainerOptions options = build_trainer_options(config_);
    train::Trainer trainer(
        {*task, parameters, optimizer, *data_.train, data_.validation.get(), store, log,
         [&](base::Fs& files, const fs::path& folder, const train::TrainState& state) {
           write_checkpoint(files, folder, log.trainer_state_text(state, total_updates_));
         },
         should_stop, judge_of(samples.get(), should_stop), batches_of(sampled_rows.get())},
        options);
    if (found_) trainer.restore(train::read_train_state(found_->folder, optimizer));
    if (is_same_run_ || !trainer.has_ended()) write_run_files();
    total_updates_ = trainer.total_updates();
    observer_.on_start(total_updates_, trainer.state().position.updates, options.max_seconds);
    const train::Outcome outcome = trainer.run();
    return finish(outcome, trainer.state(), *task, log);
  }

 private:
  static std::optional<train::FoundCheckpoint> find_checkpoint(const TrainRequest& request) {
    check_model_folders(request.config.model);
    const fs::path& folder = request.config.output_dir;
    if (request.repairs) train::set_damaged_aside(base::posix_fs(), folder);
    return choose_checkpoint(folder, request.resume);
  }

  /// The first validation rows, answered now and then while training, for tasks that write texts.
  std::unique_ptr<Samples> build_samples(tasks::Task& task) {
    const tasks::TaskType& type = config_.task.chosen();
    const bool writes_texts = type.target_kind() == data::TargetKind::kText;
    if (!writes_texts || !data_.validation || config_.evaluation.decode_examples == 0) return {};
    return std::make_unique<Samples>(
        task, text_of("validation", *data_.validation),
        SampleOptions{config_.evaluation.decode_examples, config_.evaluation.samples,
                      config_.evaluation.batch_size, config_.output_dir / "samples.jsonl",
                      found_ ? found_->step : 0});
  }

  static std::function<std::optional<metrics::Values>(const train::Position&)> judge_of(
      Samples* samples, const std::function<bool()>& should_stop) {
    if (samples == nullptr) return {};
    return [samples, should_stop](const train::Position& position) {
      return samples->judge(position, should_stop);
    };
  }

  static std::function<data::Batch(std::span<const int64_t>, int64_t)> batches_of(
      const data::SampledRows* rows) {
    if (rows == nullptr) return {};
    return [rows](std::span<const int64_t> batch, int64_t epoch) {
      return rows->make_batch(batch, epoch);
    };
  }

  data::FileOptions file_of(const std::string& split) const {
    return data::file_of_split(build_data_options(config_, threads_, limits_), split);
  }

  /// A split with the file that its texts stand in.
  DataText text_of(const std::string& split, const data::EncodedDataset& dataset) const {
    const data::FileOptions file = file_of(split);
    return {file.path, file.read, dataset};
  }

  /// The environment first: with it, a config.json there is a run's.
  void write_run_files() {
    base::Fs& files = base::posix_fs();
    const fs::path& folder = config_.output_dir;
    base::write_file_durably(files, folder / kEnvironmentName,
                             report::environment_json(describe_environment(data_, threads_)));
    base::write_file_durably(files, folder / "config.json", render(config_));
    base::write_file_durably(files, folder / "data_report.json", data::to_json_text(data_.report));
  }

  void write_checkpoint(base::Fs& files, const fs::path& folder, const std::string& trainer_state) {
    write_model_folder(files, folder,
                       {*model_, tokenizers_, data_.labels, config_.task.chosen(),
                        generation_config_text(*model_, generation_)});
    write_run_record(files, folder, record_);
    write_run_config(files, folder, config_);
    base::write_file_synced(files, folder / "trainer_state.json", trainer_state);
  }

  TrainSummary finish(train::Outcome outcome, const train::TrainState& state, tasks::Task& task,
                      RunLog& log) {
    TrainSummary summary;
    summary.status = status_of(outcome);
    summary.output_dir = config_.output_dir;
    summary.num_updates = state.position.updates;
    if (state.best_metric && fs::exists(config_.output_dir / "best"))
      summary.best_step = state.best_step;
    summary.train_seconds = state.position.seconds;
    summary.tokens_per_second = log.tokens_per_second();
    FinalEvaluation evaluation({config_, task, log, state});
    if (outcome == train::Outcome::kPreempted || !judge_model(evaluation, summary)) {
      summary.status = status_of(train::Outcome::kPreempted);
      log.preempt(state);
      return summary;
    }
    log.finish(summary.status, state, data_.train->size(), total_updates_);
    base::write_file_durably(base::posix_fs(), config_.output_dir / "report.html",
                             run_report_html({config_, data_.report, summary.status,
                                              evaluation.results(), evaluation.wrong_answers()}));
    return summary;
  }

  /// Evaluates the final model on the splits it has. False when a signal cut that short: the next
  /// start makes up for it.
  bool judge_model(FinalEvaluation& evaluation, TrainSummary& summary) {
    evaluation.take_best(*model_);
    if (data_.validation) {
      const auto values =
          evaluation.evaluate("validation", text_of("validation", *data_.validation));
      if (!values) return false;
      summary.validation = *values;
    }
    if (data_.test) {
      const auto values = evaluation.evaluate("test", text_of("test", *data_.test));
      if (!values) return false;
      summary.test = *values;
    }
    return true;
  }

  RunConfig config_;
  RunObserver& observer_;
  base::FolderLock lock_;
  int threads_;
  std::optional<train::FoundCheckpoint> found_;
  bool is_same_run_ = true;  ///< as that of the checkpoint, but for keys that may change
  Tokenizers tokenizers_;
  json model_config_;
  tasks::ModelLimits limits_;
  data::PreparedData data_;
  RunRecord record_;
  int64_t total_updates_ = 0;
  std::unique_ptr<models::Model> model_;
  decode::Options generation_;
};

/// Of a start that a signal ended before it trained anything. What was saved earlier is as it was.
TrainSummary stopped_at_start(const fs::path& run_folder) {
  std::error_code error;  // no link yet
  const fs::path last = fs::read_symlink(run_folder / "last", error);
  base::log_info(base::cat("stopped by signal ", train::StopSignal::received(), " while starting: ",
                           last.empty() ? "nothing is saved yet" : "nothing new to save after ",
                           last.string()));
  TrainSummary summary;
  summary.status = status_of(train::Outcome::kPreempted);
  summary.output_dir = run_folder;
  summary.num_updates = train::checkpoint_step(last).value_or(0);
  summary.best_step = train::checkpoint_step(fs::read_symlink(run_folder / "best", error));
  return summary;
}

}  // namespace

TrainSummary train(const TrainRequest& request, RunObserver& observer) {
  const train::StopSignal signal;
  check_run_folder(request.config.output_dir, request.resume);
  make_run_folder(request.config.output_dir);
  try {
    return Run(request, observer).execute();
  } catch (const train::Stopped&) {
    return stopped_at_start(request.config.output_dir);
  }
}

}  // namespace finetune::run
