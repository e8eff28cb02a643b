#pragma once

#include <cstdint>
#include <string>

#include "metrics/metric.h"

namespace finetune::report {

/// What the log, TensorBoard and the report are told about a run. `step` counts updates; `epoch` is
/// whole epochs plus the share of the current one; rates are over the time since the last event of
/// the kind.

struct TrainLogEvent {
  int64_t step = 0;
  double epoch = 0.0;
  double loss = 0.0;  ///< mean over the updates since the last such event
  double learning_rate = 0.0;
  double grad_norm = 0.0;  ///< before clipping
  double tokens_per_second = 0.0;
  double examples_per_second = 0.0;
};

struct EvaluationEvent {
  int64_t step = 0;
  double epoch = 0.0;
  std::string split = "validation";  ///< or "test", ...
  metrics::Values values;            ///< "loss" and the task's metrics
  int64_t num_examples = 0;
  double seconds = 0.0;
  bool is_best = false;
};

struct CheckpointEvent {
  int64_t step = 0;
  double epoch = 0.0;
  std::string folder;  ///< its name inside the run folder
  double seconds = 0.0;
  bool is_best = false;
};

/// An update that was not made because its loss or gradient was not finite.
struct SkipEvent {
  int64_t step = 0;
  double epoch = 0.0;
  std::string reason;
};

/// Something is wrong, and the run goes on.
struct WarningEvent {
  int64_t step = 0;
  double epoch = 0.0;
  std::string message;
};

struct ResumeEvent {
  int64_t step = 0;
  double epoch = 0.0;
  std::string checkpoint;  ///< the folder it goes on from
};

struct FinishEvent {
  int64_t step = 0;
  double epoch = 0.0;
  std::string status;    ///< "finished", "stopped_early", "time_is_up", "preempted"
  double seconds = 0.0;  ///< of training, over all resumed parts
};

}  // namespace finetune::report
