#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "report/metrics_log.h"
#include "report/tensorboard.h"
#include "run/run_config.h"
#include "run/train_run.h"
#include "train/evaluator.h"
#include "train/train_state.h"

namespace finetune::run {

/// Everything that a run writes down about itself: turns the trainer's events into those of the
/// report room and passes them on to the observer.
class RunLog final : public train::TrainListener {
 public:
  /// `resume_step`: the step of the checkpoint that the run goes on from, if it does;
  /// `num_parameters`: those outside embedding tables, from which the work done is estimated.
  RunLog(const RunConfig& config, RunObserver& observer, std::optional<int64_t> resume_step,
         int64_t num_parameters);

  void on_step(const train::StepEvent& event) override;
  void on_log(const train::LogEvent& event) override;
  void on_evaluation(const train::EvaluationEvent& event) override;
  void on_checkpoint(const train::CheckpointEvent& event) override;
  void on_skip(const train::SkipEvent& event) override;
  std::string state() override;
  void restore(const std::string& state) override;

  /// Trainer state as Hugging Face writes it, for a checkpoint or the run folder.
  std::string trainer_state_text(const train::TrainState& state, int64_t total_updates) const;

  /// The evaluation of the final model on a split: <split>_results.json, all_results.json.
  void add_final_evaluation(const std::string& split, const train::TrainState& state,
                            const train::EvaluationResult& result);

  /// The last event of a run that a signal has stopped: nothing is written that looks finished.
  void preempt(const train::TrainState& state);

  /// The last event, train_results.json and trainer_state.json.
  void finish(const std::string& status, const train::TrainState& state, int64_t num_examples,
              int64_t total_updates);

  /// Real tokens a second over all updates of the run, those of earlier processes included.
  double tokens_per_second() const;

 private:
  void truncate_metrics(int64_t offset);

  const RunConfig& config_;
  RunObserver& observer_;
  std::optional<int64_t> resume_step_;
  int64_t num_parameters_;
  report::MetricsLog metrics_;
  std::optional<report::TensorBoardWriter> tensorboard_;
  double epoch_ = 0.0;
  int64_t num_tokens_ = 0;  ///< of the updates of the run, and the time they took
  double seconds_ = 0.0;
  int64_t window_tokens_ = 0;  ///< since the last log event
  int64_t window_examples_ = 0;
  double window_seconds_ = 0.0;
};

}  // namespace finetune::run
