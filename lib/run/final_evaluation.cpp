#include "run/final_evaluation.h"

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/strings.h"
#include "models/load.h"
#include "run/model_folder.h"
#include "run/run_report.h"
#include "tasks/task_type.h"
#include "tensors/named_tensors.h"
#include "train/evaluator.h"
#include "train/stop_signal.h"

namespace finetune::run {

namespace {

constexpr size_t kShownWrongAnswers = 20;

}  // namespace

void FinalEvaluation::take_best(models::Model& model) const {
  const std::filesystem::path best = parts_.config.output_dir / "best";
  if (std::filesystem::exists(best)) {
    with_context(
        "the best model of this run is damaged; start the run again with --repair to put that "
        "aside and to judge the run by its last model",
        [&] { verify_checkpoint(std::filesystem::canonical(best)); });
    models::LoadOptions options;
    options.allow_new_head = false;
    models::load_weights(model, tensors::read_weights(best), options);
  } else if (parts_.state.best_metric && parts_.config.checkpoints.keep_best) {
    base::log_warning(base::cat("the best model, of step ", parts_.state.best_step,
                                ", is no longer there: the run is judged by its last model"));
  }
}

std::optional<metrics::Values> FinalEvaluation::evaluate(const std::string& split,
                                                         const DataText& text) {
  const bool judges_answers = parts_.config.task.chosen().judges_answers();
  auto result = train::evaluate(
      parts_.task, text.dataset,
      {.batch_size = parts_.config.evaluation.batch_size,
       .should_stop = [] { return train::StopSignal::received() != 0; },
       .answers = judges_answers ? tasks::AnswerMode::kFull : tasks::AnswerMode::kNone,
       .has_intervals = true});
  if (!result) return std::nullopt;
  metrics::SplitResult& judged = results_.emplace_back();
  judged.num_examples = text.dataset.size();
  if (result->answers) {
    write_answers(split, text, *result->answers);
    result->values.merge(result->answers->values());
    judged = result->answers->judge(text.dataset);
  }
  parts_.log.add_final_evaluation(split, parts_.state, *result);
  judged.split = split;
  for (const auto& [name, value] : result->values) judged.values[name] = value;
  judged.intervals.merge(result->intervals);
  return result->values;
}

void FinalEvaluation::write_answers(const std::string& split, const DataText& text,
                                    tasks::Answers& answers) {
  try {
    write_predictions(split, text, answers);
  } catch (
      const DataError& error) {  // the file has changed meanwhile: results stand, texts are gone
    base::log_warning(base::cat("predictions are written without texts\n", error.report()));
    write_predictions(split, {"-", text.read, text.dataset}, answers);
  }
}

/// predictions/<split>.jsonl and the examples for the report.
void FinalEvaluation::write_predictions(const std::string& split, const DataText& text,
                                        tasks::Answers& answers) {
  const std::filesystem::path folder = parts_.config.output_dir / "predictions";
  std::error_code ignored;
  std::filesystem::create_directory(folder, ignored);
  meet_examples(answers, text);
  base::write_file_durably(base::posix_fs(), folder / (split + ".jsonl"),
                           predictions_jsonl(text, answers));
  wrong_answers_ = run::wrong_answers(text, answers, kShownWrongAnswers);
}

}  // namespace finetune::run
