#include "metrics/classification.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "support/test_support.h"

using finetune::InternalError;
using finetune::metrics::ClassScores;
using finetune::metrics::MultiLabelMetrics;
using finetune::metrics::SingleLabelMetrics;
using nlohmann::json;

namespace {

json fixture() {
  return json::parse(
      finetune::test::read_file(finetune::test::fixture("metrics/fixtures/metrics.json")));
}

void check_value(const std::optional<double>& actual, const json& expected) {
  REQUIRE(actual.has_value() == !expected.is_null());
  // Integer counts and one or two divisions in double on both sides.
  if (actual) CHECK(*actual == Approx(expected.get<double>()).epsilon(1e-12).margin(1e-15));
}

void check_classes(const std::vector<ClassScores>& actual, const json& expected) {
  REQUIRE(actual.size() == expected.size());
  for (size_t k = 0; k < actual.size(); ++k) {
    INFO("class " << k);
    check_value(actual[k].precision, expected[k].at("precision"));
    check_value(actual[k].recall, expected[k].at("recall"));
    check_value(actual[k].f1, expected[k].at("f1"));
    CHECK(actual[k].support == expected[k].at("support").get<int64_t>());
  }
}

bool is_all_alike(const std::vector<int64_t>& values) {
  return std::all_of(values.begin(), values.end(), [&](int64_t x) { return x == values[0]; });
}

}  // namespace

TEST_CASE("single-label metrics equal scikit-learn's, also when merged") {
  const json cases = fixture().at("single_label");
  REQUIRE(cases.size() == 7);
  for (const json& expected : cases) {
    INFO(expected.at("name").get<std::string>());
    const std::vector<int64_t> targets = expected.at("targets");
    const std::vector<int64_t> predictions = expected.at("predictions");
    SingleLabelMetrics metrics(expected.at("num_classes").get<int64_t>());
    SingleLabelMetrics second(expected.at("num_classes").get<int64_t>());
    for (size_t i = 0; i < targets.size(); ++i) {
      (i % 3 == 0 ? metrics : second).add(targets[i], predictions[i]);
    }
    metrics.merge(second);
    CHECK(metrics.num_examples() == static_cast<int64_t>(targets.size()));
    CHECK(metrics.confusion() == expected.at("confusion").get<std::vector<int64_t>>());
    check_classes(metrics.per_class(), expected.at("per_class"));
    const auto values = metrics.values();
    CHECK(values.size() == expected.at("values").size());
    const bool has_correlation = !is_all_alike(targets) && !is_all_alike(predictions);
    for (const auto& [name, value] : expected.at("values").items()) {
      INFO(name);
      const bool is_ours = name == "matthews_correlation" && !has_correlation;
      check_value(values.at(name), is_ours ? json() : value);  // scikit-learn: 0
    }
  }
}

TEST_CASE("metrics of no example are undefined, not a division by zero") {
  for (const auto& [name, value] : SingleLabelMetrics(3).values()) CHECK_FALSE(value.has_value());
  for (const auto& [name, value] : MultiLabelMetrics(3).values()) CHECK_FALSE(value.has_value());
}

TEST_CASE("precision, recall and f1 without a class are given for two classes only") {
  CHECK(SingleLabelMetrics(2).values().count("f1") == 1);
  CHECK(SingleLabelMetrics(3).values().count("f1") == 0);
}

TEST_CASE("multi-label metrics equal scikit-learn's, also when merged") {
  const json expected = fixture().at("multi_label");
  const std::vector<std::vector<float>> targets = expected.at("targets");
  const std::vector<std::vector<float>> logits = expected.at("logits");
  MultiLabelMetrics metrics(static_cast<int64_t>(targets[0].size()));
  MultiLabelMetrics second(static_cast<int64_t>(targets[0].size()));
  for (size_t i = 0; i < targets.size(); ++i) {
    (i < 50 ? metrics : second).add(targets[i], logits[i]);
  }
  metrics.merge(second);
  CHECK(metrics.num_examples() == 150);
  check_classes(metrics.per_class(), expected.at("per_class"));
  const auto values = metrics.values();
  CHECK(values.size() == 3);
  for (const auto& [name, value] : expected.at("values").items()) {
    INFO(name);
    check_value(values.at(name), value);
  }
}

TEST_CASE("classes and label counts that do not fit are our own mistakes") {
  SingleLabelMetrics single(2);
  CHECK_THROWS_AS(single.add(2, 0), InternalError);
  CHECK_THROWS_AS(single.add(0, -1), InternalError);
  CHECK_THROWS_AS(single.merge(SingleLabelMetrics(3)), InternalError);
  MultiLabelMetrics multi(2);
  const std::vector<float> three(3);
  CHECK_THROWS_AS(multi.add(three, three), InternalError);
  CHECK_THROWS_AS(multi.merge(MultiLabelMetrics(3)), InternalError);
}
