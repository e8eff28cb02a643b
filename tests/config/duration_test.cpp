#include "config/duration.h"

#include <catch2/catch.hpp>

#include "base/error.h"

namespace finetune::config {
namespace {

TEST_CASE("every unit is read in singular and plural") {
  CHECK(parse_duration("500 steps") == Duration{500, Unit::kSteps});
  CHECK(parse_duration("1 step") == Duration{1, Unit::kSteps});
  CHECK(parse_duration("0.25 epochs") == Duration{0.25, Unit::kEpochs});
  CHECK(parse_duration("1 epoch") == Duration{1, Unit::kEpochs});
  CHECK(parse_duration("90 seconds") == Duration{90, Unit::kSeconds});
  CHECK(parse_duration("20 minutes") == Duration{20, Unit::kMinutes});
  CHECK(parse_duration("1.5 hours") == Duration{1.5, Unit::kHours});
  CHECK(parse_duration("1e6 tokens") == Duration{1e6, Unit::kTokens});
  CHECK(parse_duration("6 percent") == Duration{6, Unit::kPercent});
}

TEST_CASE("what is no length of training is refused") {
  for (const char* text : {"",           "500",          "steps",      "500steps",  "500  steps",
                           " 500 steps", "500 steps ",   "-1 steps",   "+1 steps",  "nan epochs",
                           "inf epochs", "1e400 epochs", "1e16 steps", "1.5 steps", "0.5 tokens",
                           "1,5 epochs", "0x10 steps",   "5 days",     "6%",        "1 Steps"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}

TEST_CASE("the text of a length reads back as the same length") {
  for (const Duration& duration :
       {Duration{0, Unit::kSteps}, Duration{100000, Unit::kSteps}, Duration{0.1, Unit::kEpochs},
        Duration{1e15, Unit::kTokens}, Duration{2.5, Unit::kPercent}}) {
    CHECK(parse_duration(to_text(duration)) == duration);
  }
  CHECK(to_text(Duration{100000, Unit::kSteps}) == "100000 steps");
  CHECK(to_text(Duration{0.25, Unit::kEpochs}) == "0.25 epochs");
}

TEST_CASE("a length converts only to what its unit means") {
  CHECK(Duration{20, Unit::kMinutes}.seconds() == 1200.0);
  CHECK(Duration{2, Unit::kHours}.seconds() == 7200.0);
  CHECK(Duration{7, Unit::kSeconds}.seconds() == 7.0);
  CHECK(Duration{6, Unit::kPercent}.fraction() == Approx(0.06));
  CHECK(Duration{1e6, Unit::kTokens}.count() == 1000000);
  CHECK(Duration{2, Unit::kHours}.is_time());
  CHECK_FALSE(Duration{2, Unit::kSteps}.is_time());
  CHECK_THROWS_AS((Duration{1, Unit::kEpochs}.seconds()), InternalError);
  CHECK_THROWS_AS((Duration{1, Unit::kSteps}.fraction()), InternalError);
  CHECK_THROWS_AS((Duration{1, Unit::kEpochs}.count()), InternalError);
}

}  // namespace
}  // namespace finetune::config
