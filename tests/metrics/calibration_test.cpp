#include "metrics/calibration.h"

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "support/test_support.h"

using finetune::metrics::CalibrationError;

TEST_CASE("the calibration error equals its formula in numpy, also when merged") {
  const auto fixture =
      nlohmann::json::parse(
          finetune::test::read_file(finetune::test::fixture("metrics/fixtures/metrics.json")))
          .at("calibration");
  const std::vector<double> confidence = fixture.at("confidence");
  const std::vector<bool> correct = fixture.at("correct");
  CalibrationError first(fixture.at("bins").get<int64_t>());
  CalibrationError second(fixture.at("bins").get<int64_t>());
  for (size_t i = 0; i < confidence.size(); ++i) {
    (i % 3 == 0 ? first : second).add(confidence[i], correct[i]);
  }
  first.merge(second);
  CHECK(first.value().value() == Approx(fixture.at("value").get<double>()).epsilon(1e-12));
}

TEST_CASE("the ends of the range belong to the outer bins and NaN to none") {
  CalibrationError error(10);
  CHECK_FALSE(error.value());
  error.add(std::numeric_limits<double>::quiet_NaN(), true);
  CHECK_FALSE(error.value());
  error.add(0.0, false);
  error.add(1.0, true);
  error.add(1.0000001, true);  // a softmax rounded up
  CHECK(error.bins().front().count == 1);
  CHECK(error.bins().back().count == 2);
  CHECK(error.value().value() == Approx(0.0).margin(1e-6));
}

TEST_CASE("a model that is always sure and right half the time is off by one half") {
  CalibrationError error;
  for (int i = 0; i < 10; ++i) error.add(1.0, i % 2 == 0);
  CHECK(error.value() == 0.5);
  CHECK_THROWS_AS(error.merge(CalibrationError(10)), finetune::InternalError);
}
