#include "run/sections.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "config/fields.h"
#include "metrics/metric.h"
#include "tasks/registry.h"

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
  fields.add(
      "config", config,
      {.doc =
           "With type: the model's settings as its config.json would hold them; what follows from "
           "the tokenizers need not be given.",
       .example = "{\"hidden_size\": 128, \"num_hidden_layers\": 2}"});
  fields.add(
      "encoder", encoder,
      {.doc = "With type encoder_decoder: the Hugging Face folder of the model that reads, or "
              "its config.json as an object for random weights.",
       .example = "{\"path\": \"../models/minilm\"}"});
  fields.add("decoder", decoder,
             {.doc = "The same of the model that writes; its attention to what is read starts at "
                     "random.",
              .example = "{\"model_type\": \"bert\", \"hidden_size\": 384}"});
  fields.add("tie_encoder_decoder", tie_encoder_decoder,
             {.doc = "Whether the decoder's layers are the encoder's."});
  fields.add(
      "tokenizer", tokenizer,
      {.doc = "Folder or file of the tokenizer, where it is not the model's own; or how one is "
              "trained on the training text (on both sides of it) for this run: kind "
              "(unigram, bpe, byte-bpe, wordpiece), vocab_size, lowercase, "
              "character_coverage.",
       .example = "{\"train\": \"unigram\", \"vocab_size\": 8000}"});
  fields.add(
      "source_tokenizer", source_tokenizer,
      {.doc = "The same, of the texts that a model reads where it writes another vocabulary; "
              "\"joint\": true trains on both sides.",
       .example = "\"../models/minilm\""});
  fields.add("target_tokenizer", target_tokenizer,
             {.doc = "The same, of the texts that it writes.",
              .example = "{\"train\": \"unigram\", \"vocab_size\": 8000}"});
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
  fields.at_most_one_of({"path", "config"});
  fields.at_most_one_of({"config", "encoder"});
  fields.only_together({"encoder", "decoder"});
  fields.only_together({"source_tokenizer", "target_tokenizer"});
  fields.at_most_one_of({"tokenizer", "source_tokenizer"});
}

TaskSection::TaskSection() : types_(tasks::all_task_types()) {}
TaskSection::TaskSection(const TaskSection& other)
    : type(other.type), shows_every_type(other.shows_every_type) {
  for (const auto& task : other.types_) types_.push_back(task->clone());
}
TaskSection::TaskSection(TaskSection&&) noexcept = default;
TaskSection::~TaskSection() = default;

TaskSection& TaskSection::operator=(TaskSection other) noexcept {
  std::swap(type, other.type);
  std::swap(shows_every_type, other.shows_every_type);
  std::swap(types_, other.types_);
  return *this;
}

void TaskSection::describe(Fields& fields) {
  fields.add(
      "type", type,
      {.doc = "What the model learns.", .is_required = true, .choices = tasks::task_names()});
  for (const auto& task : types_) {
    if (!shows_every_type && task->name() != type) continue;
    Fields own;
    task->describe(own);
    fields.add_missing(own);
  }
}

const tasks::TaskType& TaskSection::chosen() const {
  const auto found =
      std::ranges::find_if(types_, [&](const auto& task) { return task->name() == type; });
  if (found == types_.end()) throw InternalError("task.type was not checked");
  return **found;
}

void DataSection::describe(Fields& fields) {
  fields.add("train", train,
             {.doc = "Training data: TSV, CSV, JSONL or plain text (.txt) by its ending (also .gz, "
                     ".zst); \"-\" is standard input; or two plain files, line by line, as "
                     "{\"source\": \"train.en\", \"target\": \"train.de\"}.",
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
  fields.add("source_column", source_column,
             {.doc = "Column of the text that is translated or summarized; in JSONL a name with "
                     "points reaches into objects.",
              .example = "\"translation.en\""});
  fields.add("target_column", target_column,
             {.doc = "Column of its translation or summary.", .example = "\"translation.de\""});
  fields.add(
      "text_unit", text_unit,
      {.doc = "What one text of a plain text file is.", .choices = {"line", "paragraph", "file"}});
  fields.add("header", header,
             {.doc = "Whether the first line of a TSV or CSV file names the columns; if not, they "
                     "are numbers from 0."});
  fields.add("max_length", max_length,
             {.doc = "Tokens kept of one example, special tokens included; not set: as many as the "
                     "model can take.",
              .example = "128",
              .at_least = 2});
  fields.add(
      "max_target_length", max_target_length,
      {.doc = "Most tokens of a target text, its end included; not set: as many as the model "
              "can write. Target texts are never cut.",
       .example = "128",
       .at_least = 1});
  fields.add("max_length_ratio", max_length_ratio,
             {.doc = "Training rows with a side of more than so many times the tokens of the other "
                     "are left out, and counted.",
              .example = "3",
              .at_least = 1});
  fields.add(
      "on_long_row", on_long_row,
      {.doc = "A row with too many tokens loses the end of its text, is left out and "
              "counted, or ends the run; not set: cut, or drop where there is a target text.",
       .example = "\"error\"",
       .choices = {"cut", "drop", "error"}});
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
  fields.add(
      "decode_every", decode_every,
      interval("Where texts are written: how often the first validation texts are, by greedy "
               "search, and judged; not set: with every evaluation.",
               "\"2 epochs\""));
  fields.add("decode_examples", decode_examples,
             {.doc = "How many of them; 0: none.", .at_least = 0, .at_most = 1000000});
  fields.add("samples", samples,
             {.doc = "How many of these go to the log and to samples.jsonl.",
              .is_safe_at_resume = true,
              .at_least = 0,
              .at_most = 1000});
}

void GenerationSection::describe(Fields& fields) {
  describe_search(fields);
  describe_lengths(fields);
  describe_sampling(fields);
  describe_rules(fields);
}

void GenerationSection::describe_search(Fields& fields) {
  fields.add("num_beams", num_beams,
             {.doc = "Beams of the search; 1 (usual): greedy search, or sampling.",
              .example = "5",
              .at_least = 1,
              .at_most = 1000});
  fields.add("length_penalty", length_penalty,
             {.doc = "A beam's score is its log-probability by its length to this power; usual: 1.",
              .example = "1.0"});
  fields.add("early_stopping", early_stopping,
             {.doc = "A beam search ends as soon as num_beams texts are finished (true), when no "
                     "better one is likely (false, usual), or when none is possible (\"never\").",
              .example = "\"never\"",
              .choices = {"never"}});
  fields.add("num_return_sequences", num_return_sequences,
             {.doc = "Texts for each input, best first; usual: 1.",
              .example = "5",
              .at_least = 1,
              .at_most = 1000});
}

void GenerationSection::describe_lengths(Fields& fields) {
  fields.add("max_new_tokens", max_new_tokens,
             {.doc = "Most tokens of a text, its end included; usual: data.max_target_length, else "
                     "256, or what the model can.",
              .example = "128",
              .at_least = 1});
  fields.add("max_length", max_length,
             {.doc = "The same with the prompt, or with the token that a decoder starts with.",
              .example = "129",
              .at_least = 2});
  fields.add("min_new_tokens", min_new_tokens,
             {.doc = "Fewest tokens of a text; usual: 0.", .example = "4", .at_least = 0});
  fields.add("min_length", min_length,
             {.doc = "The same with the prompt, or with the token that a decoder starts with.",
              .example = "5",
              .at_least = 0});
  fields.at_most_one_of({"max_new_tokens", "max_length"});
}

void GenerationSection::describe_sampling(Fields& fields) {
  fields.add("do_sample", do_sample,
             {.doc = "Whether tokens are drawn at random; usual: false.", .example = "true"});
  fields.add("temperature", temperature,
             {.doc = "Scores are divided by this before a token is drawn; usual: 1.",
              .example = "0.7",
              .above = 0});
  fields.add("top_k", top_k,
             {.doc = "Draws from so many likeliest tokens; 0: all; usual: 50.",
              .example = "20",
              .at_least = 0});
  fields.add("top_p", top_p,
             {.doc = "Draws from the likeliest tokens that have this probability together; usual: "
                     "1.",
              .example = "0.9",
              .above = 0,
              .at_most = 1});
  fields.add("min_p", min_p,
             {.doc = "Draws from tokens that have at least this share of the likeliest one's "
                     "probability; usual: 0.",
              .example = "0.05",
              .at_least = 0,
              .at_most = 1});
}

void GenerationSection::describe_rules(Fields& fields) {
  fields.add("repetition_penalty", repetition_penalty,
             {.doc = "Makes tokens that stand in the text already less likely; 1 (usual): off.",
              .example = "1.2",
              .above = 0});
  fields.add("no_repeat_ngram_size", no_repeat_ngram_size,
             {.doc = "No sequence of so many tokens comes twice; 0 (usual): off.",
              .example = "3",
              .at_least = 0});
  fields.add("forced_bos_token_id", forced_bos_token_id,
             {.doc = "The token that every text begins with, whatever the scores.",
              .example = "250004",
              .at_least = 0,
              .at_most = 2147483647});
  fields.add("forced_eos_token_id", forced_eos_token_id,
             {.doc = "The token that a text of the greatest length ends with.",
              .example = "2",
              .at_least = 0,
              .at_most = 2147483647});
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
  fields.add(
      "on_save_error", on_save_error,
      {.doc = "A checkpoint that cannot be written is a warning (the third in a row ends the run), "
              "or ends the run at once.",
       .is_safe_at_resume = true,
       .choices = {"continue", "abort"}});
}

void LoggingSection::describe(Fields& fields) {
  fields.add("every", every, interval("How often loss and rate are written.", "\"10 steps\""));
  fields.add("tensorboard", tensorboard,
             {.doc = "Whether TensorBoard files are written.", .is_safe_at_resume = true});
}

}  // namespace finetune::run
