#include "run/run_log.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"
#include "optim/schedule.h"
#include "report/history.h"
#include "report/results.h"
#include "report/trainer_state.h"
#include "train/checkpoint_store.h"

namespace finetune::run {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kMetricsName = "metrics.jsonl";

double rate(int64_t count, double seconds) {
  return seconds > 0.0 ? static_cast<double>(count) / seconds : 0.0;
}

/// An interval in steps for trainer_state.json; 0 where it is not counted in steps.
int64_t steps_of(const config::Duration& duration) {
  return duration.unit == config::Unit::kSteps ? duration.count() : 0;
}

/// Hugging Face's estimate: two operations a parameter and token forward, four backward.
double floating_point_operations(const train::TrainState& state, int64_t num_parameters) {
  return 6.0 * static_cast<double>(num_parameters) * static_cast<double>(state.position.tokens);
}

report::TrainSummary summary_of(const train::TrainState& state, int64_t num_examples,
                                int64_t num_parameters) {
  report::TrainSummary summary;
  summary.epoch = state.position.epoch;
  summary.train_loss =
      state.total_loss / static_cast<double>(std::max<int64_t>(state.position.updates, 1));
  summary.seconds = state.position.seconds;
  summary.num_examples = num_examples;
  summary.examples_seen = state.examples;
  summary.num_updates = state.position.updates;
  summary.total_flos = floating_point_operations(state, num_parameters);
  return summary;
}

}  // namespace

RunLog::RunLog(const RunConfig& config, RunObserver& observer, std::optional<int64_t> resume_step,
               int64_t num_parameters)
    : config_(config),
      observer_(observer),
      resume_step_(resume_step),
      num_parameters_(num_parameters),
      metrics_(config.output_dir / kMetricsName) {
  if (!resume_step) metrics_.truncate_to(0);  // of an earlier start that saved nothing
  if (!config.logging.tensorboard) return;
  tensorboard_.emplace(config.output_dir, resume_step);
  tensorboard_->add_text("config", "```json\n" + render(config) + "```", resume_step.value_or(0));
}

void RunLog::on_step(const train::StepEvent& event) {
  num_tokens_ += event.num_tokens;
  seconds_ += event.seconds;
  window_tokens_ += event.num_tokens;
  window_examples_ += event.num_examples;
  window_seconds_ += event.seconds;
  epoch_ = event.position.epoch;
  observer_.on_step(event);
}

void RunLog::on_log(const train::LogEvent& event) {
  const report::TrainLogEvent line{event.position.updates,
                                   event.position.epoch,
                                   event.loss,
                                   event.learning_rate,
                                   event.grad_norm,
                                   rate(window_tokens_, window_seconds_),
                                   rate(window_examples_, window_seconds_)};
  metrics_.add(line);
  if (tensorboard_) tensorboard_->add(line);
  window_tokens_ = 0;
  window_examples_ = 0;
  window_seconds_ = 0.0;
  observer_.on_log(event);
}

void RunLog::on_evaluation(const train::EvaluationEvent& event) {
  const report::EvaluationEvent line{event.position.updates, event.position.epoch, "validation",
                                     event.values,           event.num_examples,   event.seconds,
                                     event.is_best};
  metrics_.add(line);
  if (tensorboard_) tensorboard_->add(line);
  for (const std::string& warning : event.warnings) {
    base::log_warning(warning);
    metrics_.add(report::WarningEvent{event.position.updates, event.position.epoch, warning});
  }
  observer_.on_evaluation(event);
}

void RunLog::on_checkpoint(const train::CheckpointEvent& event) {
  metrics_.add(report::CheckpointEvent{event.position.updates, event.position.epoch,
                                       train::checkpoint_name(event.position.updates),
                                       event.seconds, event.is_best});
  observer_.on_checkpoint(event);
}

void RunLog::on_skip(const train::SkipEvent& event) {
  std::string reason = event.reason + "; rows of the training set:";
  for (const int64_t row : event.rows) reason += base::cat(" ", row);
  metrics_.add(report::SkipEvent{event.position.updates, event.position.epoch, reason});
  observer_.on_skip(event);
}

std::string RunLog::state() {
  return base::dump_json({{"metrics_offset", metrics_.offset()},
                          {"epoch", epoch_},
                          {"update_tokens", num_tokens_},
                          {"update_seconds", seconds_}});
}

/// The offset that a checkpoint keeps is that before its own event, which is logged when it is
/// saved.
void RunLog::truncate_metrics(int64_t offset) {
  const report::History history = report::read_history(config_.output_dir / kMetricsName);
  metrics_.truncate_to(offset);
  const auto& saved = history.checkpoints;
  const auto own = std::ranges::find(saved, resume_step_, &report::CheckpointEvent::step);
  if (own != saved.end()) metrics_.add(*own);
}

void RunLog::restore(const std::string& state) {
  const json object = base::parse_json(state, "listener state of the checkpoint");
  const json offset = object.value("metrics_offset", json());
  if (offset.is_number_integer()) truncate_metrics(offset.get<int64_t>());
  const json epoch = object.value("epoch", json());
  if (epoch.is_number()) epoch_ = epoch.get<double>();
  const json tokens = object.value("update_tokens", json());
  const json seconds = object.value("update_seconds", json());
  if (tokens.is_number_integer() && seconds.is_number()) {
    num_tokens_ = tokens.get<int64_t>();
    seconds_ = seconds.get<double>();
  }
  const int64_t step = resume_step_.value_or(0);
  metrics_.add(report::ResumeEvent{step, epoch_, train::checkpoint_name(step)});
}

std::string RunLog::trainer_state_text(const train::TrainState& state,
                                       int64_t total_updates) const {
  report::TrainerStateFields fields;
  fields.global_step = state.position.updates;
  fields.epoch = state.position.epoch;
  fields.max_steps = total_updates == optim::kNoLimit ? 0 : total_updates;
  fields.num_train_epochs =
      static_cast<int64_t>(std::ceil(config_.training.num_train_epochs.value_or(0.0)));
  fields.train_batch_size = config_.training.batch_size;
  fields.logging_steps = steps_of(config_.logging.every);
  fields.eval_steps = steps_of(config_.evaluation.every);
  fields.save_steps = steps_of(config_.checkpoints.every);
  fields.num_input_tokens_seen = state.position.tokens;
  fields.total_flos = floating_point_operations(state, num_parameters_);
  fields.best_metric = state.best_metric;
  if (state.best_metric) fields.best_global_step = state.best_step;
  const fs::path best = config_.output_dir / train::checkpoint_name(state.best_step);
  const bool is_there =
      fs::exists(best) || state.best_step == state.position.updates;  // or is being written
  if (state.best_metric && is_there) fields.best_model_checkpoint = best.string();
  return report::trainer_state_json(fields,
                                    report::read_history(config_.output_dir / kMetricsName));
}

void RunLog::add_final_evaluation(const std::string& split, const train::TrainState& state,
                                  const train::EvaluationResult& result) {
  const report::EvaluationEvent event{
      state.position.updates, state.position.epoch, split, result.values,
      result.num_examples,    result.seconds,       false};
  if (split != "validation") metrics_.add(event);  // the validation set has its line already
  if (tensorboard_ && split != "validation") tensorboard_->add(event);
  report::write_evaluation_results(base::posix_fs(), config_.output_dir, event);
}

void RunLog::preempt(const train::TrainState& state) {
  metrics_.add(report::FinishEvent{state.position.updates, state.position.epoch, "preempted",
                                   state.position.seconds});
}

void RunLog::finish(const std::string& status, const train::TrainState& state, int64_t num_examples,
                    int64_t total_updates) {
  metrics_.add(report::FinishEvent{state.position.updates, state.position.epoch, status,
                                   state.position.seconds});
  report::write_train_results(base::posix_fs(), config_.output_dir,
                              summary_of(state, num_examples, num_parameters_));
  base::write_file_durably(base::posix_fs(), config_.output_dir / "trainer_state.json",
                           trainer_state_text(state, total_updates));
}

double RunLog::tokens_per_second() const { return rate(num_tokens_, seconds_); }

}  // namespace finetune::run
