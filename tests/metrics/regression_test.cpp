#include "metrics/regression.h"

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "support/test_support.h"

using finetune::metrics::RegressionMetrics;
using finetune::metrics::Values;

TEST_CASE("regression metrics equal those of scikit-learn and scipy, also when merged") {
  const auto fixture = nlohmann::json::parse(
      finetune::test::read_file(finetune::test::fixture("metrics/fixtures/metrics.json")));
  for (const auto& expected : fixture.at("regression")) {
    INFO(expected.at("name").get<std::string>());
    const std::vector<double> targets = expected.at("targets");
    const std::vector<double> predictions = expected.at("predictions");
    RegressionMetrics whole;
    RegressionMetrics first;
    RegressionMetrics second;
    for (size_t i = 0; i < targets.size(); ++i) {
      whole.add(targets[i], predictions[i]);
      (i < 7 ? first : second).add(targets[i], predictions[i]);
    }
    first.merge(second);
    CHECK(first.values() == whole.values());
    CHECK(first.num_examples() == static_cast<int64_t>(targets.size()));
    for (const auto& [name, value] : expected.at("values").items()) {
      INFO(name);
      // The same formulas in double; means of numbers near 1e6 lose some digits.
      CHECK(whole.values().at(name).value() == Approx(value.get<double>()).epsilon(1e-9));
    }
  }
}

TEST_CASE("correlations are undefined for one example and for constant values") {
  RegressionMetrics metrics;
  CHECK(metrics.values() == Values{{"mse", {}}, {"mae", {}}, {"pearson", {}}, {"spearmanr", {}}});
  metrics.add(0.1, 0.3);
  CHECK(metrics.values().at("mae").value() == Approx(0.2));
  CHECK_FALSE(metrics.values().at("pearson"));
  metrics.add(0.1, 0.4);
  metrics.add(0.1, 0.7);  // the mean of three times 0.1 is not 0.1
  CHECK(metrics.values().at("mse"));
  CHECK_FALSE(metrics.values().at("pearson"));
  CHECK_FALSE(metrics.values().at("spearmanr"));
}

TEST_CASE("a model that always says the same has no correlation, although its mean is rounded") {
  RegressionMetrics metrics;
  for (int i = 0; i < 3; ++i) metrics.add(static_cast<double>(i), 0.1);
  CHECK(metrics.values().at("mse"));
  CHECK_FALSE(metrics.values().at("pearson"));
  CHECK_FALSE(metrics.values().at("spearmanr"));
}

TEST_CASE("values that are not finite make every metric undefined") {
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    RegressionMetrics metrics;
    metrics.add(1.0, 1.0);
    metrics.add(2.0, bad);
    metrics.add(bad, bad);
    for (const auto& [name, value] : metrics.values()) CHECK_FALSE(value.has_value());
  }
}
