#include "run/training_sections.h"

#include <utility>

#include "config/fields.h"

namespace finetune::run {

using config::Fields;
using config::Unit;

config::Rule interval_rule(std::string doc, std::string example) {
  return {.doc = std::move(doc),
          .example = std::move(example),
          .is_safe_at_resume = true,
          .above = 0,
          .units = {Unit::kSteps, Unit::kEpochs, Unit::kSeconds, Unit::kMinutes, Unit::kHours,
                    Unit::kTokens}};
}

void TrainingSection::describe(Fields& fields) {
  describe_limits(fields);
  describe_batches(fields);
  describe_arithmetic(fields);
  fields.at_most_one_of({"batch_size", "batch_tokens"});
}

void TrainingSection::describe_limits(Fields& fields) {
  fields.add("num_train_epochs", num_train_epochs,
             {.doc = "Passes over the training data; not set: 3, or no limit where max_steps or "
                     "max_time is given. A run ends at the first limit it meets.",
              .example = "3",
              .above = 0,
              .at_most = 1000000});
  fields.add("max_steps", max_steps,
             {.doc = "Most optimizer updates.", .example = "1000", .at_least = 1});
  fields.add(
      "max_time", max_time,
      {.doc = "Most time to train, evaluations included. A linear schedule then falls by the clock "
              "where that is sooner, so that runs are no longer equal to the bit.",
       .example = "\"20 minutes\"",
       .is_safe_at_resume = true,
       .above = 0,
       .units = {Unit::kSeconds, Unit::kMinutes, Unit::kHours}});
}

void TrainingSection::describe_batches(Fields& fields) {
  fields.add("batch_size", batch_size,
             {.doc = "Examples in a micro-batch.", .at_least = 1, .at_most = 1000000});
  fields.add("batch_tokens", batch_tokens,
             {.doc = "Most tokens in a micro-batch, instead of batch_size.",
              .example = "4096",
              .at_least = 1,
              .at_most = 1000000000});
  fields.add("gradient_accumulation_steps", gradient_accumulation_steps,
             {.doc = "Micro-batches in one update.", .at_least = 1, .at_most = 1000000});
}

void TrainingSection::describe_arithmetic(Fields& fields) {
  fields.add("max_grad_norm", max_grad_norm,
             {.doc = "Gradients are scaled down to this norm; 0: never.", .at_least = 0});
  fields.add(
      "precision", precision,
      {.doc = "Numbers that matrix products use; this version computes in fp32, which auto means.",
       .choices = {"auto", "fp32"}});
  fields.add(
      "nonfinite", nonfinite,
      {.doc = "A loss or gradient of NaN or infinity ends the run, or its update is skipped.",
       .is_safe_at_resume = true,
       .choices = {"error", "skip"}});
  fields.add("threads", threads,
             {.doc = "Threads that compute; not set: as many as the processors it may use.",
              .example = "4",
              .at_least = 1,
              .at_most = 4096});
}

void OptimizerSection::describe(Fields& fields) {
  fields.add("type", type, {.doc = "How weights are updated.", .choices = {"adamw"}});
  fields.add("learning_rate", learning_rate,
             {.doc = "The largest learning rate; the schedule scales it.", .above = 0});
  fields.add("weight_decay", weight_decay,
             {.doc = "Decoupled weight decay (not of biases and norms).",
              .example = "0.01",
              .at_least = 0});
  fields.add("beta1", beta1, {.doc = "Decay of the mean gradient.", .at_least = 0, .below = 1});
  fields.add("beta2", beta2,
             {.doc = "Decay of the mean squared gradient.", .at_least = 0, .below = 1});
  fields.add("epsilon", epsilon, {.doc = "Added to the root of the latter.", .above = 0});
}

void RegularizationSection::describe(Fields& fields) {
  fields.add(
      "l2", l2,
      {.doc = "Adds l2 / 2 times the sum of squared weights (not of biases and norms) to the "
              "loss.",
       .example = "0.001",
       .at_least = 0});
}

void ScheduleSection::describe(Fields& fields) {
  fields.add(
      "type", type,
      {.doc = "After the warm-up the learning rate falls to 0 in a line, stays, or falls with "
              "the root of the updates.",
       .choices = {"linear", "constant", "inverse_sqrt"}});
  fields.add("warmup", warmup,
             {.doc = "How long the learning rate rises from 0.",
              .example = "\"6 percent\"",
              .at_least = 0,
              .units = {Unit::kSteps, Unit::kEpochs, Unit::kPercent}});
}

void CheckpointsSection::describe(Fields& fields) {
  fields.add("every", every, interval_rule("How often a checkpoint is saved.", "\"500 steps\""));
  fields.add("keep_last", keep_last,
             {.doc = "The newest checkpoints to keep.", .is_safe_at_resume = true, .at_least = 1});
  fields.add("keep_best", keep_best,
             {.doc = "Whether the best one is kept as well.", .is_safe_at_resume = true});
  fields.add(
      "on_save_error", on_save_error,
      {.doc = "A checkpoint that cannot be written is a warning (the third in a row ends the run), "
              "or ends the run at once.",
       .is_safe_at_resume = true,
       .choices = {"continue", "abort"}});
}

void LoggingSection::describe(Fields& fields) {
  fields.add("every", every, interval_rule("How often loss and rate are written.", "\"10 steps\""));
  fields.add("tensorboard", tensorboard,
             {.doc = "Whether TensorBoard files are written.", .is_safe_at_resume = true});
}

}  // namespace finetune::run
