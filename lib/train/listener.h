#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "metrics/metric.h"
#include "train/interval.h"

namespace finetune::train {

/// The state of the run after one update.
struct StepEvent {
  Position position;
  double loss = 0.0;           ///< mean over the targets of this update
  double learning_rate = 0.0;  ///< the one used
  double grad_norm = 0.0;      ///< before clipping
  int64_t num_tokens = 0;
  int64_t num_examples = 0;
  double seconds = 0.0;  ///< time of this update
};

/// What happened since the last log line.
struct LogEvent {
  Position position;
  double loss = 0.0;  ///< mean over updates of the mean loss of each
  double learning_rate = 0.0;
  double grad_norm = 0.0;
};

struct EvaluationEvent {
  Position position;
  metrics::Values values;
  int64_t num_examples = 0;
  double seconds = 0.0;
  bool is_best = false;
  std::vector<std::string> warnings{};  ///< of the task about the model
};

struct CheckpointEvent {
  Position position;
  double seconds = 0.0;
  bool is_best = false;
};

/// An update that was not made because its loss or gradient was not finite.
struct SkipEvent {
  Position position;
  std::string reason;
  std::vector<int64_t> rows;  ///< of the training set
};

/// Watches a run. Calls come from the training thread, in order.
class TrainListener {
 public:
  virtual ~TrainListener() = default;

  virtual void on_step(const StepEvent&) {}
  virtual void on_log(const LogEvent&) {}
  virtual void on_evaluation(const EvaluationEvent&) {}
  virtual void on_checkpoint(const CheckpointEvent&) {}
  virtual void on_skip(const SkipEvent&) {}

  /// JSON text that a checkpoint keeps for the listener, given back by restore() when the run is
  /// resumed from it.
  virtual std::string state() { return "{}"; }
  virtual void restore(const std::string& /*state*/) {}
};

}  // namespace finetune::train
