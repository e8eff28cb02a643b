#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "tasks/task.h"

namespace finetune::train {

struct EvaluatorOptions {
  int64_t batch_size = 64;              ///< sequences a batch; they are sorted by length first
  std::function<bool()> should_stop{};  ///< asked between batches; may be empty
  tasks::AnswerMode answers = tasks::AnswerMode::kNone;
  bool wants_values = true;  ///< as in tasks::EvaluationRequest
  int64_t first_row = 0;     ///< likewise
  bool has_intervals = false;
};

struct EvaluationResult {
  metrics::Values values;
  int64_t num_examples = 0;
  double seconds = 0.0;
  std::unique_ptr<tasks::Answers> answers;               ///< null where none were asked for
  std::vector<std::string> warnings{};                   ///< of the task about the model
  std::map<std::string, metrics::Interval> intervals{};  ///< of values, where asked for
};

/// Runs `task` over a whole data set without gradients or dropout. Nothing when should_stop() cut
/// it short.
std::optional<EvaluationResult> evaluate(tasks::Task& task, const data::EncodedDataset& dataset,
                                         const EvaluatorOptions& options);

}  // namespace finetune::train
