#include "run/sections.h"

#include "config/fields.h"
#include "metrics/metric.h"

namespace finetune::run {
namespace {

using config::Fields;
using config::Rule;
using config::Unit;

/// A rule of how often something happens.
Rule interval(std::string doc, std::string example) {
  return {.doc = std::move(doc),
          .example = std::move(example),
          .is_safe_at_resume = true,
          .above = 0,
          .units = {Unit::kSteps, Unit::kEpochs, Unit::kSeconds, Unit::kMinutes, Unit::kHours,
                    Unit::kTokens}};
}

}  // namespace

void ModelSection::describe(Fields& fields) {
  fields.add(
      "path", path,
      {.doc = "Hugging Face folder with the pretrained model.", .example = "\"../models/minilm\""});
  fields.add("type", type,
             {.doc = "Model family to build from random weights, instead of path.",
              .example = "\"bert\""});
  fields.add("config", config,
             {.doc = "With type: the model's settings as its config.json would hold them.",
              .example = "{\"hidden_size\": 128, \"num_hidden_layers\": 2}"});
  fields.add("tokenizer", tokenizer,
             {.doc = "Folder or file of the tokenizer, where it is not the model's own.",
              .example = "\"../models/minilm\""});
  fields.add("dropout", dropout,
             {.doc = "Dropout of embeddings, attention and feed-forward blocks; not set: as the "
                     "model's config.json says.",
              .example = "0.1",
              .at_least = 0,
              .below = 1});
  fields.add("classifier_dropout", classifier_dropout,
             {.doc = "Dropout before the classifier; not set: as the model's config.json says.",
              .example = "0.1",
              .at_least = 0,
              .below = 1});
  fields.exactly_one_of({"path", "type"});
  fields.only_together({"type", "config"});
}

void TaskSection::describe(Fields& fields) {
  fields.add("type", type,
             {.doc = "What the model learns.", .is_required = true, .choices = {"classification"}});
  fields.add("problem", problem,
             {.doc = "One class per text, any number of classes, or a number.",
              .choices = {"single_label", "multi_label", "regression"}});
  fields.add("labels", labels,
             {.doc = "The classes in the order of their ids; not set: those of the training data, "
                     "sorted.",
              .example = "[\"negative\", \"positive\"]"});
}

void DataSection::describe(Fields& fields) {
  fields.add("train", train,
             {.doc = "Training data: TSV, CSV or JSONL by its ending (also .gz, .zst); \"-\" is "
                     "standard input.",
              .example = "\"train.tsv\"",
              .is_required = true});
  fields.add("validation", validation,
             {.doc = "Data that chooses the best model, or the share of the training data to split "
                     "off for that.",
              .example = "\"5 percent\""});
  fields.add(
      "test", test,
      {.doc = "Data for the final report; it never chooses a model.", .example = "\"test.tsv\""});
  fields.add("text_column", text_column, {.doc = "Column of the text.", .example = "\"sentence\""});
  fields.add("text_pair_column", text_pair_column,
             {.doc = "Column of the second text, where pairs are classified.",
              .example = "\"sentence2\""});
  fields.add("label_column", label_column, {.doc = "Column of the label."});
  fields.add("header", header,
             {.doc = "Whether the first line of a TSV or CSV file names the columns; if not, they "
                     "are numbers from 0."});
  fields.add("max_length", max_length,
             {.doc = "Tokens kept of one example, special tokens included; not set: as many as the "
                     "model can take.",
              .example = "128",
              .at_least = 2});
  fields.add("on_bad_row", on_bad_row,
             {.doc = "An unusable row ends the run, is left out, or is written to a file instead.",
              .choices = {"error", "skip", "quarantine"}});
  fields.add("max_bad_rows", max_bad_rows,
             {.doc = "More bad rows in one file end the run in any case.", .at_least = 0});
  fields.add("max_row_bytes", max_row_bytes,
             {.doc = "A longer row is a bad row, and never held in memory.", .at_least = 1});
  fields.add("group_by_length", group_by_length,
             {.doc = "Whether texts of similar length share a batch (faster; still random)."});
  fields.add(
      "cache", cache,
      {.doc = "Whether encoded data is kept for the next run, and in which folder; else "
              "$XDG_CACHE_HOME/finetune or ~/.cache/finetune. It may be deleted at any time.",
       .example = "\"../cache\"",
       .is_safe_at_resume = true});
}

void TrainingSection::describe(Fields& fields) {
  fields.add("num_train_epochs", num_train_epochs,
             {.doc = "Passes over the training data; not set: 3, or no limit where max_steps is "
                     "given. A run ends at the first limit it meets.",
              .example = "3",
              .above = 0,
              .at_most = 1000000});
  fields.add("max_steps", max_steps,
             {.doc = "Most optimizer updates.", .example = "1000", .at_least = 1});
  fields.add("max_time", max_time,
             {.doc = "Most time to train.",
              .example = "\"20 minutes\"",
              .is_safe_at_resume = true,
              .above = 0,
              .units = {Unit::kSeconds, Unit::kMinutes, Unit::kHours}});
  fields.add("batch_size", batch_size,
             {.doc = "Examples in a micro-batch.", .at_least = 1, .at_most = 1000000});
  fields.add("batch_tokens", batch_tokens,
             {.doc = "Most tokens in a micro-batch, instead of batch_size.",
              .example = "4096",
              .at_least = 1,
              .at_most = 1000000000});
  fields.add("gradient_accumulation_steps", gradient_accumulation_steps,
             {.doc = "Micro-batches in one update.", .at_least = 1, .at_most = 1000000});
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
  fields.at_most_one_of({"batch_size", "batch_tokens"});
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
  fields.add("type", type,
             {.doc = "After the warm-up the learning rate falls to 0 in a line, or stays.",
              .choices = {"linear", "constant"}});
  fields.add("warmup", warmup,
             {.doc = "How long the learning rate rises from 0.",
              .example = "\"6 percent\"",
              .at_least = 0,
              .units = {Unit::kSteps, Unit::kEpochs, Unit::kPercent}});
}

void EvaluationSection::describe(Fields& fields) {
  fields.add("every", every,
             interval("How often the validation data is evaluated.", "\"1 epochs\""));
  fields.add("metric", metric,
             {.doc = "What the best model is best at (its direction is known).",
              .example = "\"accuracy\"",
              .choices = metrics::metric_names()});
  fields.add("batch_size", batch_size,
             {.doc = "Examples in a batch of evaluation.",
              .is_safe_at_resume = true,
              .at_least = 1,
              .at_most = 1000000});
}

void EarlyStoppingSection::describe(Fields& fields) {
  fields.add("patience", patience,
             {.doc = "Evaluations without improvement after which training ends.",
              .example = "3",
              .at_least = 1});
  fields.add(
      "threshold", threshold,
      {.doc = "An improvement must be larger than this.", .example = "0.001", .at_least = 0});
  fields.add("metric", metric,
             {.doc = "What must improve; not set: evaluation.metric.",
              .example = "\"loss\"",
              .choices = metrics::metric_names()});
}

void CheckpointsSection::describe(Fields& fields) {
  fields.add("every", every, interval("How often a checkpoint is saved.", "\"500 steps\""));
  fields.add("keep_last", keep_last,
             {.doc = "The newest checkpoints to keep.", .is_safe_at_resume = true, .at_least = 1});
  fields.add("keep_best", keep_best,
             {.doc = "Whether the best one is kept as well.", .is_safe_at_resume = true});
}

void LoggingSection::describe(Fields& fields) {
  fields.add("every", every, interval("How often loss and rate are written.", "\"10 steps\""));
  fields.add("tensorboard", tensorboard,
             {.doc = "Whether TensorBoard files are written.", .is_safe_at_resume = true});
}

}  // namespace finetune::run
