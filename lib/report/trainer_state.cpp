#include "report/trainer_state.h"

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace finetune::report {
namespace {

using Json = nlohmann::json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json train_entry(const TrainLogEvent& event) {
  return {{"epoch", event.epoch},
          {"grad_norm", event.grad_norm},
          {"learning_rate", event.learning_rate},
          {"loss", event.loss},
          {"step", event.step}};
}

Json evaluation_entry(const EvaluationEvent& event) {
  const std::string prefix = metric_prefix(event.split) + "_";
  Json entry = {{"epoch", event.epoch}, {"step", event.step}};
  for (const auto& [name, value] : event.values) entry[prefix + name] = or_null(value);
  entry[prefix + "runtime"] = event.seconds;
  return entry;
}

Json summary_entry(const TrainSummary& summary, int64_t step) {
  return {{"epoch", summary.epoch},
          {"step", step},
          {"total_flos", summary.total_flos},
          {"train_loss", summary.train_loss},
          {"train_runtime", summary.seconds}};
}

/// Both kinds are in order of steps; at the same step the training line was first.
Json log_history(const TrainerStateFields& fields, const History& history) {
  Json entries = Json::array();
  size_t next = 0;
  for (const EvaluationEvent& evaluation : history.evaluations) {
    for (; next < history.train.size() && history.train[next].step <= evaluation.step; ++next) {
      entries.push_back(train_entry(history.train[next]));
    }
    entries.push_back(evaluation_entry(evaluation));
  }
  for (; next < history.train.size(); ++next) entries.push_back(train_entry(history.train[next]));
  if (fields.summary) entries.push_back(summary_entry(*fields.summary, fields.global_step));
  return entries;
}

}  // namespace

std::string trainer_state_json(const TrainerStateFields& fields, const History& history) {
  const Json state = {
      {"best_global_step", or_null(fields.best_global_step)},
      {"best_metric", or_null(fields.best_metric)},
      {"best_model_checkpoint", or_null(fields.best_model_checkpoint)},
      {"epoch", fields.epoch},
      {"eval_steps", fields.eval_steps},
      {"global_step", fields.global_step},
      {"is_hyper_param_search", false},
      {"is_local_process_zero", true},
      {"is_world_process_zero", true},
      {"log_history", log_history(fields, history)},
      {"logging_steps", fields.logging_steps},
      {"max_steps", fields.max_steps},
      {"num_input_tokens_seen", fields.num_input_tokens_seen},
      {"num_train_epochs", fields.num_train_epochs},
      {"save_steps", fields.save_steps},
      {"stateful_callbacks", Json::object()},
      {"total_flos", fields.total_flos},
      {"train_batch_size", fields.train_batch_size},
      {"trial_name", nullptr},
      {"trial_params", nullptr},
  };
  return base::dump_json(state, 2) + "\n";
}

}  // namespace finetune::report
