#include "generation_arguments.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace finetune;

TEST_CASE("a command line that says nothing of writing texts leaves it to the model") {
  CHECK_FALSE(apps::generation_overrides({}, std::nullopt).has_value());
}

TEST_CASE("keys and the number of texts go together") {
  const auto keys = apps::generation_overrides({"num_beams=5"}, std::nullopt);
  REQUIRE(keys.has_value());
  CHECK(keys->section.num_beams == 5);
  CHECK_FALSE(keys->num_best.has_value());
  const auto best = apps::generation_overrides({}, 3);
  REQUIRE(best.has_value());
  CHECK(best->num_best == 3);
  CHECK_FALSE(best->section.num_beams.has_value());
  CHECK_THROWS_AS(apps::generation_overrides({"num_beems=5"}, 3), ConfigError);
}
