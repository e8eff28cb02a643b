#include "tasks/classification_type.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "tasks/registry.h"

using namespace finetune;
using namespace finetune::tasks;
using nlohmann::json;

TEST_CASE("labels of a trained model keep their order where the data has the same ones") {
  const ClassificationType type;
  const json model = {{"id2label", {{"0", "yes"}, {"1", "no"}}}};
  using Names = std::vector<std::string>;
  CHECK(type.label_order(model, data::LabelMap({"no", "yes"})) == Names{"yes", "no"});
  CHECK_FALSE(type.label_order(model, data::LabelMap({"no", "maybe"})));
  CHECK_FALSE(type.label_order(model, {}));
  CHECK_FALSE(type.label_order(json::object(), {}));
  CHECK_FALSE(type.label_order({{"id2label", {{"0", "yes"}}}}, data::LabelMap({"no", "yes"})));
}

TEST_CASE("what an export says of the labels is what is adopted from it") {
  json config;
  ClassificationType type;
  type.amend(config, data::LabelMap({"a", "b", "c"}));
  CHECK(config.at("problem_type") == "single_label_classification");
  ClassificationType other;
  CHECK(other.adopt(config, "config.json").names() == std::vector<std::string>{"a", "b", "c"});
  CHECK(other.problem() == Problem::kSingleLabel);
  config["problem_type"] = "regression";
  CHECK(other.adopt(config, "config.json").size() == 0);
  CHECK(other.problem() == Problem::kRegression);
  CHECK(other.description({}) == "a regression task with 3 labels");
}

TEST_CASE("the metrics that a task may have hold those that it has once its labels are known") {
  const ClassificationType type;
  const std::vector<std::string> possible = type.metric_names({});
  for (const std::vector<std::string>& names :
       {std::vector<std::string>{"a", "b"}, std::vector<std::string>{"a", "b", "c"}}) {
    for (const std::string& metric : type.metric_names(data::LabelMap(names)))
      CHECK(std::ranges::count(possible, metric) == 1);
  }
  CHECK(possible.size() == type.metric_names(data::LabelMap({"a", "b"})).size());
  CHECK(possible.size() == type.metric_names(data::LabelMap({"a", "b", "c"})).size() + 3);
  CHECK(type.description({}) == "a single_label task");
  CHECK(type.description(data::LabelMap({"a", "b"})) == "a single_label task with 2 labels");
}

TEST_CASE("a sequence classifier is known by its architecture") {
  const ClassificationType type;
  CHECK(type.has_trained({{"architectures", {"BertForSequenceClassification"}}}));
  CHECK_FALSE(type.has_trained({{"architectures", {"BertModel"}}}));
  CHECK_FALSE(type.has_trained(json::object()));
}
