#include "run/config_checks.h"

#include <catch2/catch.hpp>

#include "minimal_config.h"

namespace finetune::run {
namespace {

using test::config_errors;
using test::kMinimalConfig;

TEST_CASE("early stopping needs validation data") {
  CHECK(config_errors(kMinimalConfig, {"early_stopping.patience=3"}) ==
        "  override 'early_stopping.patience=3': early_stopping: early stopping needs validation "
        "data: give \"data\": {\"validation\": ...}");
  CHECK(config_errors(kMinimalConfig, {"early_stopping.patience=3", "data.validation=v.tsv"})
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

TEST_CASE("a run may not overwrite its model") {
  CHECK(config_errors(kMinimalConfig, {"model.path=/x/m", "output_dir=/x/y/../m"}) ==
        "  override 'output_dir=/x/y/../m': output_dir: the run would overwrite the model that it "
        "starts from");
}

}  // namespace
}  // namespace finetune::run
