#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/model.h"
#include "report/report_page.h"
#include "run/predictions.h"
#include "run/run_config.h"
#include "run/run_log.h"
#include "tasks/task.h"

namespace finetune::run {

/// What comes of the model that a run ends with: evaluates it on the splits of the run and keeps
/// what report.html shows of that.
class FinalEvaluation {
 public:
  struct Parts {
    const RunConfig& config;
    tasks::Task& task;
    RunLog& log;
    const train::TrainState& state;
  };
  /// The parts must live as long.
  explicit FinalEvaluation(const Parts& parts) : parts_(parts) {}

  /// Gives the model the weights that the run is judged by: the best checkpoint's where there is
  /// one, else it keeps those of the last update. Throws CheckpointError where that checkpoint is
  /// damaged.
  void take_best(models::Model& model) const;

  /// Evaluates on a split and writes its results and predictions/<split>.jsonl. Nothing when a
  /// signal cut it short.
  std::optional<metrics::Values> evaluate(const std::string& split, const DataText& text);

  const std::vector<report::SplitResult>& results() const { return results_; }
  /// Of the split evaluated last.
  const std::vector<report::WrongAnswer>& wrong_answers() const { return wrong_answers_; }

 private:
  void write_answers(const std::string& split, const DataText& text, tasks::Answers& answers);
  void write_predictions(const std::string& split, const DataText& text, tasks::Answers& answers);

  Parts parts_;
  std::vector<report::SplitResult> results_;
  std::vector<report::WrongAnswer> wrong_answers_;
};

}  // namespace finetune::run
