#include "metrics/bootstrap.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "metrics/classification.h"
#include "support/test_support.h"

using finetune::metrics::bootstrap_intervals;
using finetune::metrics::bootstrap_mean_interval;
using finetune::metrics::BootstrapOptions;
using finetune::metrics::SingleLabelMetrics;
using finetune::metrics::Values;

namespace {

nlohmann::json fixture() {
  return nlohmann::json::parse(
             finetune::test::read_file(finetune::test::fixture("metrics/fixtures/metrics.json")))
      .at("bootstrap");
}

}  // namespace

TEST_CASE("percentile intervals agree with scipy's within the noise of resampling") {
  const auto expected = fixture();
  const std::vector<double> outcomes = expected.at("outcomes");
  BootstrapOptions options;
  options.num_resamples = 4000;
  const auto mean = bootstrap_mean_interval(outcomes, options).value();
  // A percentile of 4,000 draws with deviation 0.017 is itself uncertain by about 0.001.
  CHECK(mean.low == Approx(expected.at("mean")[0].get<double>()).margin(0.004));
  CHECK(mean.high == Approx(expected.at("mean")[1].get<double>()).margin(0.004));

  const std::vector<int64_t> targets = expected.at("targets");
  const std::vector<int64_t> predictions = expected.at("predictions");
  const auto f1 = [&](std::span<const int64_t> rows) {
    SingleLabelMetrics metrics(2);
    for (const int64_t row : rows) {
      metrics.add(targets[static_cast<size_t>(row)], predictions[static_cast<size_t>(row)]);
    }
    return metrics.values();
  };
  const auto intervals = bootstrap_intervals(300, f1, options);
  CHECK(intervals.at("f1").low == Approx(expected.at("f1")[0].get<double>()).margin(0.005));
  CHECK(intervals.at("f1").high == Approx(expected.at("f1")[1].get<double>()).margin(0.005));
}

TEST_CASE("a seed gives the same interval again, another seed another one") {
  const std::vector<double> outcomes = fixture().at("outcomes");
  BootstrapOptions options;
  options.num_resamples = 200;
  const auto first = bootstrap_mean_interval(outcomes, options).value();
  const auto again = bootstrap_mean_interval(outcomes, options).value();
  CHECK(first.low == again.low);
  CHECK(first.high == again.high);
  options.seed = 43;
  const auto other = bootstrap_mean_interval(outcomes, options).value();
  CHECK((first.low != other.low || first.high != other.high));
}

TEST_CASE("resamples are as large as the sample, differ, and cover every row") {
  std::set<std::vector<int64_t>> seen;
  std::set<int64_t> rows_seen;
  BootstrapOptions options;
  options.num_resamples = 50;
  bootstrap_intervals(
      5,
      [&](std::span<const int64_t> rows) {
        CHECK(rows.size() == 5);
        seen.emplace(rows.begin(), rows.end());
        rows_seen.insert(rows.begin(), rows.end());
        return Values{};
      },
      options);
  CHECK(seen.size() > 40);
  CHECK(rows_seen == std::set<int64_t>{0, 1, 2, 3, 4});
}

TEST_CASE("percentiles interpolate between neighbours as numpy does") {
  double next = 0.0;
  BootstrapOptions options;
  options.num_resamples = 5;  // 0, 1, 2, 3, 4: the 2.5 % percentile is 0.1
  const auto intervals = bootstrap_intervals(
      1,
      [&](std::span<const int64_t>) {
        return Values{{"x", next++}};
      },
      options);
  CHECK(intervals.at("x").low == Approx(0.1));
  CHECK(intervals.at("x").high == Approx(3.9));
}

TEST_CASE("metrics that are mostly undefined, and empty data, have no interval") {
  int calls = 0;
  BootstrapOptions options;
  options.num_resamples = 30;
  const auto intervals = bootstrap_intervals(
      10,
      [&](std::span<const int64_t>) {
        ++calls;
        Values values{{"always", 1.0}, {"rare", std::nullopt}, {"nan", std::nan("")}};
        if (calls % 3 == 0) values["rare"] = 2.0;
        return values;
      },
      options);
  CHECK(calls == 30);
  CHECK(intervals.size() == 1);
  CHECK(intervals.at("always").low == 1.0);
  CHECK_FALSE(bootstrap_mean_interval({}, options));
}
