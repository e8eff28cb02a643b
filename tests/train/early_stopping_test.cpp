#include "train/early_stopping.h"

#include <catch2/catch.hpp>
#include <limits>
#include <vector>

namespace finetune::train {
namespace {

std::vector<int64_t> counters(const EarlyStoppingOptions& options,
                              const std::vector<double>& values) {
  EarlyStopping stopping(options);
  std::vector<int64_t> counters;
  for (const double value : values) {
    stopping.update(value);
    counters.push_back(stopping.state().counter);
  }
  return counters;
}

// Expected counters: transformers' EarlyStoppingCallback (4.57.6) on the same values.
TEST_CASE("early stopping counts as Hugging Face's callback does") {
  const std::vector<double> values = {0.80, 0.805, 0.811, 0.81};
  CHECK(counters({3, 0.01, true}, values) == std::vector<int64_t>{0, 1, 2, 3});
  CHECK(counters({3, 0.0, true}, values) == std::vector<int64_t>{0, 0, 0, 1});
}

TEST_CASE("early stopping ends the run when the counter reaches the patience") {
  EarlyStopping stopping({2, 0.0, false});
  CHECK_FALSE(stopping.update(1.0));
  CHECK_FALSE(stopping.update(1.5));
  CHECK(stopping.update(1.2));
}

TEST_CASE("early stopping goes on from a restored state") {
  EarlyStopping first({2, 0.0, true});
  first.update(0.9);
  first.update(0.8);
  EarlyStopping second({2, 0.0, true});
  second.restore(first.state());
  CHECK(second.update(0.7));
  EarlyStopping patient({3, 0.0, true});
  patient.restore(second.state());
  CHECK(second.should_stop());
  CHECK_FALSE(patient.should_stop());
}

TEST_CASE("NaN is never better, anything else is better than nothing") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(is_better(nan, std::nullopt, true));
  CHECK_FALSE(is_better(nan, 0.5, false));
  CHECK(is_better(-5.0, std::nullopt, true));
  CHECK_FALSE(is_better(0.5, 0.5, true));
  CHECK(is_better(0.4, 0.5, false));
}

}  // namespace
}  // namespace finetune::train
