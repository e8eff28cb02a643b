#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "metrics/metric.h"
#include "models/model.h"
#include "run/resume.h"
#include "run/run_config.h"
#include "train/listener.h"

namespace finetune::run {

struct TrainRequest {
  RunConfig config;
  ResumeMode resume = ResumeMode::kAuto;
  bool is_forced = false;           ///< goes on although unsafe keys of the config have changed
  bool allows_data_change = false;  ///< goes on although the data has changed
  bool repairs = false;             ///< renames damaged checkpoints, so that nothing meets them
  models::LoadOptions load{};       ///< what the pretrained weights may lack or hold beside
};

struct TrainSummary {
  std::string status;  ///< "finished", "stopped_early", "time_is_up", "preempted"
  std::filesystem::path output_dir;
  int64_t num_updates = 0;
  std::optional<int64_t> best_step;
  metrics::Values validation;  ///< of the best model; empty without a validation set
  metrics::Values test;        ///< empty without a test set
  double train_seconds = 0.0;
  double tokens_per_second = 0.0;  ///< of updates only, without evaluations and saves
};

/// What happens before and after the updates; the trainer's own events come through TrainListener.
class RunObserver : public train::TrainListener {
 public:
  /// `total_updates` is optim::kNoLimit where only the clock ends the run, `max_seconds` 0 where it
  /// does not.
  virtual void on_start(int64_t /*total_updates*/, int64_t /*updates_done*/,
                        double /*max_seconds*/) {}
};

/// One complete run: data, model, training (fresh or resumed), evaluation of the best model, and
/// every file of the run folder. Throws what its parts throw; the run folder then still holds its
/// last checkpoint.
TrainSummary train(const TrainRequest& request, RunObserver& observer);

}  // namespace finetune::run
