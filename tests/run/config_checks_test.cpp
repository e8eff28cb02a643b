#include "run/config_checks.h"

#include <catch2/catch.hpp>

#include "minimal_config.h"
#include "minimal_text_config.h"

namespace finetune::run {
namespace {

using test::config_errors;
using test::kMinimalConfig;
using test::minimal_text_config;

TEST_CASE("early stopping needs validation data") {
  CHECK(config_errors(kMinimalConfig, {"early_stopping.patience=3"}) ==
        "  override 'early_stopping.patience=3': early_stopping: early stopping needs validation "
        "data: give \"data\": {\"validation\": ...}");
  CHECK(config_errors(kMinimalConfig, {"early_stopping.patience=3", "data.validation=v.tsv"})
            .empty());
}

TEST_CASE("what only written texts have is no metric where none are written while training") {
  const std::string translation =
      R"({"output_dir": "run", "model": {"path": "m"}, "task": {"type": "translation"},
          "data": {"train": "t.tsv", "validation": "v.tsv"}})";
  const std::string none = "evaluation.decode_examples=0";
  CHECK_THAT(config_errors(translation, {none, "evaluation.metric=bleu"}),
             Catch::Contains("evaluation.metric") &&
                 Catch::Contains("bleu is one of written texts, and with decode_examples 0"));
  CHECK_THAT(config_errors(translation, {none, "early_stopping.metric=chrf++"}),
             Catch::Contains("early_stopping.metric") && Catch::Contains("chrf++"));
  CHECK(config_errors(translation, {none, "evaluation.metric=loss"}).empty());
  CHECK(config_errors(translation, {"evaluation.metric=bleu"}).empty());
  // exact_match is a metric of labels, too.
  CHECK(config_errors(kMinimalConfig,
                      {none, "task.problem=multi_label", "evaluation.metric=exact_match"})
            .empty());
}

TEST_CASE("an error in a key is not followed by errors about its default") {
  CHECK(config_errors(kMinimalConfig, {"early_stopping={}", "data.validation=5%"}) ==
        "  override 'data.validation=5%': data.validation: expected a path, or a share such as "
        "\"5 percent\", found the string '5%'; write a share as \"5 percent\"");
}

TEST_CASE("a warm-up in percent needs to know how many updates there will be") {
  const std::string both = "schedule.warmup=5 percent";
  CHECK(config_errors(kMinimalConfig, {"training.max_time=5 minutes", both})
            .find("schedule.warmup: how many updates fit into max_time is not known before") !=
        std::string::npos);
  CHECK(config_errors(kMinimalConfig, {"training.max_time=5 minutes", "schedule.warmup=100"})
            .empty());
  CHECK(config_errors(kMinimalConfig, {"training.max_time=5 minutes", both, "training.max_steps=9"})
            .empty());
}

TEST_CASE("labels fit the problem") {
  CHECK(config_errors(kMinimalConfig, {"task.labels=[\"a\"]"}) ==
        "  override 'task.labels=[\"a\"]': task.labels: one class leaves nothing to learn");
  CHECK(config_errors(kMinimalConfig, {"task.labels=[\"a\"]", "task.problem=multi_label"}).empty());
  CHECK(config_errors(kMinimalConfig, {"task.problem=regression", "task.labels=[\"a\", \"b\"]"})
            .ends_with("a regression has no classes: leave it out"));
}

TEST_CASE("plain text has no column for what is right") {
  for (const char* problem : {"single_label", "multi_label", "regression"}) {
    const std::string task = std::string("task.problem=") + problem;
    for (const char* file : {"data.train=a.txt", "data.validation=a.txt.gz", "data.test=a.txt"}) {
      const std::string errors = config_errors(kMinimalConfig, {task, file});
      CAPTURE(task, file, errors);
      CHECK(errors.ends_with("plain text has no column for the label: give TSV, CSV or JSONL"));
    }
  }
  CHECK_THAT(config_errors(minimal_text_config("translation"), {"data.train=a.txt"}),
             Catch::Contains("data.train: plain text has no column for the target text") &&
                 Catch::Contains("{\"source\": ..., \"target\": ...}"));
  CHECK(config_errors(minimal_text_config("language_modeling"), {"data.train=a.txt"}).empty());
}

TEST_CASE("errors of how a tokenizer is trained stand where they were written") {
  const std::string text = minimal_text_config("translation");
  const std::string errors =
      config_errors(text, {R"(model.tokenizer={"train": "unigrm", "vocab_sze": 20})"});
  CAPTURE(errors);
  CHECK_THAT(errors, Catch::Contains("model.tokenizer.train: expected one of") &&
                         Catch::Contains("did you mean \"unigram\"?") &&
                         Catch::Contains("model.tokenizer.vocab_sze: unknown key; did you mean "
                                         "model.tokenizer.vocab_size=20?") &&
                         !Catch::Contains("line 1, column 1"));
}

TEST_CASE("without a header columns are numbers, all of them") {
  CHECK(config_errors(kMinimalConfig, {"data.header=false", "data.label_column=1"}) ==
        "  override 'data.header=false': data.text_column: without a header a column is a number "
        "from 0, not the name 'text'");
  CHECK(config_errors(kMinimalConfig,
                      {"data.header=false", "data.label_column=1", "data.text_column=0"})
            .empty());
  CHECK(config_errors(kMinimalConfig, {"data.header=false", "data.label_column=1",
                                       "data.text_column=0", "data.text_pair_column=b"})
            .find("data.text_pair_column: without a header") != std::string::npos);
}

TEST_CASE("text, second text and label are different columns") {
  CHECK(
      config_errors(kMinimalConfig, {"data.text_column=label"}) ==
      "  override 'data.text_column=label': data.label_column: the label cannot be the text's own "
      "column");
  CHECK(
      config_errors(kMinimalConfig, {"data.text_pair_column=text"}) ==
      "  override 'data.text_pair_column=text': data.text_pair_column: a pair needs two different "
      "columns");
}

TEST_CASE("subword sampling needs texts that can be cut anew, and a side to cut") {
  const std::string sampling = "data.subword_sampling={}";
  CHECK(config_errors(kMinimalConfig, {sampling}).empty());
  CHECK(config_errors(kMinimalConfig, {sampling, "task.type=language_modeling"})
            .find("data.subword_sampling: the task language_modeling learns from blocks") !=
        std::string::npos);
  CHECK(config_errors(kMinimalConfig, {sampling, "data.train=-"})
            .find("data.subword_sampling: standard input cannot be read a second time") !=
        std::string::npos);
  const std::string no_source = "data.subword_sampling.source=false";
  CHECK(config_errors(kMinimalConfig, {no_source})
            .find("data.subword_sampling.source: no text of this task is cut at random") !=
        std::string::npos);
  CHECK(config_errors(kMinimalConfig, {no_source, "task.type=translation"}).empty());
  CHECK(config_errors(kMinimalConfig,
                      {no_source, "task.type=translation", "data.subword_sampling.target=false"})
            .find("no text of this task") != std::string::npos);
  CHECK(config_errors(kMinimalConfig, {"data.subword_sampling.alpha=-0.1"})
            .find("data.subword_sampling.alpha") != std::string::npos);
}

TEST_CASE("a run may not overwrite its model") {
  CHECK(config_errors(kMinimalConfig, {"model.path=/x/m", "output_dir=/x/y/../m"}) ==
        "  override 'output_dir=/x/y/../m': output_dir: the run would overwrite the model that it "
        "starts from");
}

TEST_CASE("metrics that a task cannot have are found before there is any data, all at once") {
  CHECK(config_errors(kMinimalConfig, {"evaluation.metric=bleu", "data.validation=v.tsv",
                                       "early_stopping.metric=mae"}) ==
        "  override 'evaluation.metric=bleu': evaluation.metric: a single_label task has no "
        "'bleu'; it has loss, accuracy, f1, macro_f1, macro_precision, macro_recall, "
        "matthews_correlation, precision, recall, weighted_f1\n"
        "  override 'early_stopping.metric=mae': early_stopping.metric: a single_label task has no "
        "'mae'; it has loss, accuracy, f1, macro_f1, macro_precision, macro_recall, "
        "matthews_correlation, precision, recall, weighted_f1");
  CHECK(config_errors(kMinimalConfig, {"task.problem=regression", "evaluation.metric=accuracy"}) ==
        "  override 'evaluation.metric=accuracy': evaluation.metric: a regression task with 1 "
        "label has no 'accuracy'; it has loss, mae, mse, pearson, spearmanr");
  CHECK(config_errors(kMinimalConfig, {"task.problem=multi_label", "evaluation.metric=accuracy"})
            .ends_with("a multi_label task has no 'accuracy'; it has loss, exact_match, macro_f1, "
                       "micro_f1"));
  CHECK(config_errors(minimal_text_config("translation"), {"evaluation.metric=rouge1"})
            .ends_with("a translation has no 'rouge1'; it has loss, perplexity, token_accuracy, "
                       "bleu, chrf, chrf++, ter, exact_match"));
  CHECK(config_errors(minimal_text_config("language_modeling"), {"evaluation.metric=bleu"})
            .ends_with("a language model has no 'bleu'; it has loss, perplexity, token_accuracy"));
}

TEST_CASE("a metric that depends on the number of labels waits for the data, unless it is given") {
  CHECK(config_errors(kMinimalConfig, {"evaluation.metric=f1"}).empty());
  CHECK(config_errors(kMinimalConfig, {"evaluation.metric=f1", "task.labels=[\"a\", \"b\"]"})
            .empty());
  CHECK(config_errors(kMinimalConfig, {"evaluation.metric=f1", "task.labels=[\"a\", \"b\", \"c\"]"})
            .find("a single_label task with 3 labels has no 'f1'") != std::string::npos);
}

TEST_CASE("how texts are written is for tasks that write them") {
  CHECK(config_errors(kMinimalConfig, {"generation.num_beams=5", "generation.top_k=3"}) ==
        "  override 'generation.num_beams=5': generation.num_beams: the task classification "
        "writes no texts: leave it out\n"
        "  override 'generation.top_k=3': generation.top_k: the task classification writes no "
        "texts: leave it out");
  for (const char* type : {"translation", "summarization", "language_modeling"})
    CHECK(config_errors(minimal_text_config(type), {"generation.num_beams=5"}).empty());
}

TEST_CASE("a task that does not exist is the only thing that is said of it") {
  CHECK(config_errors(kMinimalConfig,
                      {"task.type=nonsense", "generation.num_beams=5", "evaluation.metric=bleu"})
            .find('\n') == std::string::npos);
}

}  // namespace
}  // namespace finetune::run
