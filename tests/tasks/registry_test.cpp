#include "tasks/registry.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"

using namespace finetune;
using namespace finetune::tasks;

TEST_CASE("a task is found by its name, another word is answered with the names") {
  for (const std::string& name : task_names()) CHECK(task_type(name)->name() == name);
  CHECK_THROWS_WITH(task_type("guessing"),
                    Catch::Contains("'guessing'") && Catch::Contains("classification"));
}

TEST_CASE(
    "what a model was trained for stands in its config.json, classification where it does not") {
  CHECK(task_type_of({{"architectures", {"BertForSequenceClassification"}}})->name() ==
        "classification");
  CHECK(task_type_of(nlohmann::json::object())->name() == "classification");
}
