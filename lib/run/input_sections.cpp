#include "run/input_sections.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "config/fields.h"
#include "tasks/registry.h"

namespace finetune::run {

using config::Fields;

void ModelSection::describe(Fields& fields) {
  describe_source(fields);
  describe_tokenizers(fields);
  describe_dropout(fields);
  fields.exactly_one_of({"path", "type"});
  fields.at_most_one_of({"path", "config"});
  fields.at_most_one_of({"config", "encoder"});
  fields.only_together({"encoder", "decoder"});
  fields.only_together({"source_tokenizer", "target_tokenizer"});
  fields.at_most_one_of({"tokenizer", "source_tokenizer"});
}

void ModelSection::describe_source(Fields& fields) {
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
}

void ModelSection::describe_tokenizers(Fields& fields) {
  fields.add(
      "tokenizer", tokenizer,
      {.doc = "Folder or file of the tokenizer, where it is not the model's own; or how one is "
              "trained on the training text (on both sides of it) for this run: train "
              "(unigram, bpe, byte-bpe, wordpiece), vocab_size, lowercase, "
              "character_coverage, class (the kind of model whose special tokens it has: \"t5\").",
       .example = "{\"train\": \"unigram\", \"vocab_size\": 8000}"});
  fields.add(
      "source_tokenizer", source_tokenizer,
      {.doc = "The same, of the texts that a model reads where it writes another vocabulary; "
              "\"joint\": true trains on both sides.",
       .example = "\"../models/minilm\""});
  fields.add("target_tokenizer", target_tokenizer,
             {.doc = "The same, of the texts that it writes.",
              .example = "{\"train\": \"unigram\", \"vocab_size\": 8000}"});
}

void ModelSection::describe_dropout(Fields& fields) {
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

void SubwordSamplingSection::describe(Fields& fields) {
  fields.add("alpha", alpha,
             {.doc = "BPE: the probability that a merge is passed over; 0 passes over none. "
                     "Unigram: the exponent of the probabilities that are drawn from; 0 draws all "
                     "segmentations alike, larger values keep closer to the best one.",
              .at_least = 0,
              .at_most = 100});
  fields.add("nbest", nbest,
             {.doc = "Unigram: among how many best segmentations is drawn; -1: all of them; 0 and "
                     "1: the best one alone.",
              .at_least = -1,
              .at_most = 512});
  fields.add("source", source,
             {.doc = "Whether texts (of a pair both, with what is put before and behind them) are "
                     "cut at random."});
  fields.add("target", target, {.doc = "Whether target texts are."});
}

void DataSection::describe(Fields& fields) {
  describe_files(fields);
  describe_columns(fields);
  describe_lengths(fields);
  describe_bad_rows(fields);
  describe_handling(fields);
  fields.add_section(
      "subword_sampling", subword_sampling,
      "Subword regularisation: the texts of the training rows are cut into tokens anew each epoch, "
      "at random, by a Unigram (Kudo 2018) or BPE tokenizer (BPE-dropout, Provilkov et al. 2020). "
      "Batches are planned by the usual tokens, so that one may hold more tokens than "
      "training.batch_tokens; a row that would become too long keeps its usual tokens. Holds the "
      "training texts in memory. Not for language modelling.");
}

void DataSection::describe_files(Fields& fields) {
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
}

void DataSection::describe_columns(Fields& fields) {
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
}

void DataSection::describe_lengths(Fields& fields) {
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
              "counted, or ends the run; not set: cut, or drop where there is a target text. "
              "Drop is for training: in validation and test the text is cut, and only a row whose "
              "target is too long is left out.",
       .example = "\"error\"",
       .choices = {"cut", "drop", "error"}});
}

void DataSection::describe_bad_rows(Fields& fields) {
  fields.add("on_bad_row", on_bad_row,
             {.doc = "An unusable row ends the run, is left out, or is written to a file instead.",
              .choices = {"error", "skip", "quarantine"}});
  fields.add("max_bad_rows", max_bad_rows,
             {.doc = "More bad rows in one file end the run in any case.", .at_least = 0});
  fields.add("max_row_bytes", max_row_bytes,
             {.doc = "A longer row is a bad row, and never held in memory.", .at_least = 1});
}

void DataSection::describe_handling(Fields& fields) {
  fields.add("group_by_length", group_by_length,
             {.doc = "Whether texts of similar length share a batch (faster; still random)."});
  fields.add(
      "cache", cache,
      {.doc = "Whether encoded data is kept for the next run, and in which folder; else "
              "$XDG_CACHE_HOME/finetune or ~/.cache/finetune. It may be deleted at any time.",
       .example = "\"../cache\"",
       .is_safe_at_resume = true});
}

}  // namespace finetune::run
