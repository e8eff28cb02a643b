#include "tasks/classification_result.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "metrics/calibration.h"
#include "support/test_support.h"
#include "tasks/scored_rows.h"

using namespace finetune;
using namespace finetune::tasks;
using nlohmann::json;

namespace {

using Scores = std::vector<std::vector<float>>;

/// By scikit-learn: fixtures/make_split_results.py.
json fixture(const std::string& problem) {
  return json::parse(test::read_file(test::fixture("tasks/fixtures/split_results.json")))
      .at(problem);
}

std::vector<float> flat(const json& rows) {
  std::vector<float> values;
  for (const json& row : rows) {
    for (const json& value : row) values.push_back(value.get<float>());
  }
  return values;
}

/// The metrics that were resampled are the right ones: each value lies inside its interval, which
/// is neither a point nor everything.
void check_intervals(const metrics::SplitResult& result, const json& expected) {
  for (const auto& [name, value] : expected.items()) {
    INFO(name);
    REQUIRE(result.intervals.contains(name));
    const metrics::Interval interval = result.intervals.at(name);
    CHECK(interval.low < value.get<double>());
    CHECK(interval.high > value.get<double>());
    CHECK(interval.high - interval.low < 1.0);
  }
}

void check_classes(const metrics::SplitResult& result, const json& expected) {
  REQUIRE(result.per_class.size() == 3);
  for (size_t id = 0; id < 3; ++id) {
    CHECK(*result.per_class[id].precision == Approx(expected.at("precision")[id].get<double>()));
    CHECK(*result.per_class[id].recall == Approx(expected.at("recall")[id].get<double>()));
    CHECK(*result.per_class[id].f1 == Approx(expected.at("f1")[id].get<double>()));
    CHECK(result.per_class[id].support == expected.at("support")[id].get<int64_t>());
  }
}

}  // namespace

TEST_CASE("a single-label split is judged as by scikit-learn, unlabelled rows aside") {
  const json expected = fixture("single_label");
  auto classes = expected.at("targets").get<std::vector<int64_t>>();
  auto rows = expected.at("scores").get<Scores>();
  classes.insert(classes.begin() + 3, -1);
  rows.insert(rows.begin() + 3, {0.0F, 0.0F, 1.0F});
  const auto dataset = test::rows_of_classes(classes);
  const ScoreTable scores = test::score_table(rows);
  const data::LabelMap labels({"a", "b", "c"});
  const metrics::SplitResult result =
      judge_scores({Problem::kSingleLabel, labels, *dataset, scores});
  CHECK(result.num_examples == 40);
  CHECK(result.labels == labels.names());
  CHECK(result.confusion == expected.at("confusion").get<std::vector<int64_t>>());
  check_classes(result, expected);
  check_intervals(result, expected.at("values"));
  CHECK(*result.values.at("calibration_error") ==
        Approx(expected.at("calibration_error").get<double>()).margin(1e-7));
  int64_t num_calibrated = 0;
  for (const auto& bin : result.calibration) num_calibrated += bin.count;
  CHECK(num_calibrated == 40);
}

TEST_CASE("a multi-label split is judged as by scikit-learn") {
  const json expected = fixture("multi_label");
  const auto dataset = test::rows_of_targets(flat(expected.at("targets")), 3);
  const ScoreTable scores = test::score_table(expected.at("scores").get<Scores>());
  const data::LabelMap labels({"a", "b", "c"});
  const metrics::SplitResult result =
      judge_scores({Problem::kMultiLabel, labels, *dataset, scores});
  CHECK(result.num_examples == 40);
  check_classes(result, expected);
  check_intervals(result, expected.at("values"));
  CHECK(result.confusion.empty());
  CHECK(result.calibration.empty());
}

TEST_CASE("a regression has intervals and no classes") {
  const json expected = fixture("regression");
  const auto dataset = test::rows_of_targets(flat(expected.at("targets")), 1);
  const ScoreTable scores = test::score_table(expected.at("scores").get<Scores>());
  const data::LabelMap labels;
  const metrics::SplitResult result =
      judge_scores({Problem::kRegression, labels, *dataset, scores});
  check_intervals(result, expected.at("values"));
  CHECK(result.labels.empty());
  CHECK(result.per_class.empty());
  CHECK(result.confusion.empty());
}

/// Where all rows are alike, so is every resample: the interval is the value itself.
TEST_CASE("what is resampled are the metrics and the loss of the task") {
  const auto interval_is = [](const metrics::SplitResult& result, const std::string& name,
                              double value) {
    INFO(name);
    CHECK(result.intervals.at(name).low == Approx(value));
    CHECK(result.intervals.at(name).high == Approx(value));
  };
  const data::LabelMap labels({"a", "b"});
  const ScoreTable scores = test::score_table({{0.2F, 0.8F}, {0.2F, 0.8F}, {0.2F, 0.8F}});
  const auto single =
      judge_scores({Problem::kSingleLabel, labels, *test::rows_of_classes({0, 0, 0}), scores});
  interval_is(single, "loss", -std::log(0.2));
  interval_is(single, "accuracy", 0.0);
  const auto multi = judge_scores(
      {Problem::kMultiLabel, labels, *test::rows_of_targets({1, 1, 1, 1, 1, 1}, 2), scores});
  interval_is(multi, "loss", -(std::log(0.2) + std::log(0.8)) / 2.0);
  interval_is(multi, "exact_match", 0.0);
  interval_is(multi, "micro_f1", 2.0 / 3.0);
  const ScoreTable values = test::score_table({{1.5F}, {1.5F}});
  const data::LabelMap none;
  const auto regression =
      judge_scores({Problem::kRegression, none, *test::rows_of_targets({1.0F, 1.0F}, 1), values});
  interval_is(regression, "loss", 0.25);
  interval_is(regression, "mae", 0.5);
}
