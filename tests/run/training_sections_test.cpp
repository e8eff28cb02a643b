#include "run/training_sections.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "minimal_config.h"

namespace finetune::run {
namespace {

using Catch::Matchers::Contains;
using test::config_errors;
using test::kMinimalConfig;

TEST_CASE(
    "what happens again and again is counted in steps, epochs, time or tokens, not in shares") {
  const config::Rule rule = interval_rule("How often.", "\"2 epochs\"");
  const auto allows = [&](config::Unit unit) {
    return std::ranges::find(rule.units, unit) != rule.units.end();
  };
  CHECK(rule.is_safe_at_resume);
  CHECK(allows(config::Unit::kSteps));
  CHECK(allows(config::Unit::kTokens));
  CHECK_FALSE(allows(config::Unit::kPercent));
}

TEST_CASE("a batch is counted in examples or in tokens") {
  CHECK_THAT(config_errors(kMinimalConfig, {"training.batch_size=4", "training.batch_tokens=100"}),
             Contains("training.batch_tokens") || Contains("training.batch_size"));
  CHECK(config_errors(kMinimalConfig, {"training.batch_tokens=100"}).empty());
}

}  // namespace
}  // namespace finetune::run
