#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "report/history.h"
#include "report/results.h"

namespace finetune::report {

/// What trainer_state.json says beside the log.
struct TrainerStateFields {
  int64_t global_step = 0;
  double epoch = 0.0;
  int64_t max_steps = 0;
  int64_t num_train_epochs = 0;
  int64_t train_batch_size = 0;
  int64_t logging_steps = 0;
  int64_t eval_steps = 0;
  int64_t save_steps = 0;
  int64_t num_input_tokens_seen = 0;
  double total_flos = 0.0;
  std::optional<double> best_metric;
  std::optional<int64_t> best_global_step;
  std::optional<std::string> best_model_checkpoint;  ///< its folder
  std::optional<TrainSummary> summary;               ///< of a finished run: the last log entry
};

/// trainer_state.json with exactly the keys of transformers' TrainerState (4.57.6), which refuses
/// any other; sorted, indented by 2. log_history holds training lines and evaluations by step.
std::string trainer_state_json(const TrainerStateFields& fields, const History& history);

}  // namespace finetune::report
