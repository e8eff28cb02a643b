#include "run/input_sections.h"

#include <catch2/catch.hpp>

#include "config/fields.h"
#include "minimal_config.h"
#include "tasks/task_type.h"

namespace finetune::run {
namespace {

using Catch::Matchers::Contains;
using test::config_errors;
using test::kMinimalConfig;

TEST_CASE("a model comes from a folder, from a type and its config, or from two parts") {
  CHECK_THAT(config_errors(kMinimalConfig, {"model.type=bert"}), Contains("model"));
  CHECK_THAT(config_errors(kMinimalConfig, {"model.config={}"}), Contains("\"config\" exclude"));
  CHECK(config_errors(kMinimalConfig, {"model={\"type\": \"bert\", \"config\": {}}"}).empty());
  CHECK_THAT(config_errors(kMinimalConfig, {"model={\"type\": \"encoder_decoder\", "
                                            "\"encoder\": \"a\"}"}),
             Contains("\"encoder\" needs \"decoder\""));
}

TEST_CASE("a task has the keys of its type, and keeps them when it is copied") {
  TaskSection task;
  task.type = "translation";
  config::Fields fields;
  task.describe(fields);
  CHECK(fields.find("source_prefix") != nullptr);
  CHECK(fields.find("problem") == nullptr);
  const TaskSection copy = task;
  CHECK(copy.chosen().name() == "translation");
  CHECK(&copy.chosen() != &task.chosen());
}

}  // namespace
}  // namespace finetune::run
