#include "train/interval.h"

#include <catch2/catch.hpp>

namespace finetune::train {
namespace {

Position at_step(int64_t updates) { return {updates, 0.0, 0, 0.0}; }

TEST_CASE("an interval in steps is due at each of its multiples") {
  const Interval every{Interval::Unit::kSteps, 3.0};
  CHECK_FALSE(is_due(every, at_step(0), at_step(2)));
  CHECK(is_due(every, at_step(2), at_step(3)));
  CHECK_FALSE(is_due(every, at_step(3), at_step(4)));
  CHECK(is_due(every, at_step(4), at_step(7)));
}

TEST_CASE(
    "an interval in epochs is due at the step that completes one, whatever the rounding of "
    "fractions") {
  const Interval every{Interval::Unit::kEpochs, 0.1};
  int64_t num_due = 0;
  for (int step = 0; step < 30; ++step) {
    const Position before{0, step / 10.0, 0, 0.0};
    const Position after{0, (step + 1) / 10.0, 0, 0.0};
    num_due += is_due(every, before, after) ? 1 : 0;
  }
  CHECK(num_due == 30);
}

TEST_CASE("intervals in tokens and seconds look at their own coordinate") {
  CHECK(is_due({Interval::Unit::kTokens, 1000.0}, {0, 0.0, 900, 0.0}, {0, 0.0, 1100, 0.0}));
  CHECK_FALSE(is_due({Interval::Unit::kTokens, 1000.0}, {0, 0.0, 100, 0.0}, {0, 0.0, 900, 0.0}));
  CHECK(is_due({Interval::Unit::kSeconds, 60.0}, {0, 0.0, 0, 59.0}, {0, 0.0, 0, 61.0}));
}

TEST_CASE("an interval of 0 is never due") {
  CHECK_FALSE(is_due({Interval::Unit::kSteps, 0.0}, at_step(0), at_step(100)));
}

}  // namespace
}  // namespace finetune::train
