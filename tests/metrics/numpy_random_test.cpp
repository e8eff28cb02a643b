#include "metrics/numpy_random.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "metrics/text_cases.h"

TEST_CASE("the stream equals numpy.random.default_rng's for every seed, bound and order of calls") {
  finetune::test::check_numpy(finetune::test::text_fixture());
}

TEST_CASE("a bound is never reached, and 1 takes nothing from the stream") {
  finetune::metrics::NumpyRandom random(7), other(7);
  for (int i = 0; i < 1000; ++i) {
    CHECK(random.below(3) < 3);
    CHECK(random.below(1) == 0);
    other.below(3);
  }
  CHECK(random.bits64() == other.bits64());
}
