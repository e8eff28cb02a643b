#include "config/number_range.h"

#include <catch2/catch.hpp>

namespace finetune::config {
namespace {

TEST_CASE("a range reads as it is checked") {
  CHECK(range_text({}).empty());
  CHECK(range_text({.at_least = 0, .below = 1}) == " >= 0 and < 1");
  CHECK(range_text({.above = 0, .at_most = 1000000}) == " > 0 and <= 1000000");
  CHECK(range_text({.above = 0.5}) == " > 0.5");
}

TEST_CASE("the ends of a range belong to it or not, as said") {
  CHECK(is_in_range(0, {.at_least = 0, .below = 1}));
  CHECK_FALSE(is_in_range(1, {.at_least = 0, .below = 1}));
  CHECK_FALSE(is_in_range(0, {.above = 0, .at_most = 1}));
  CHECK(is_in_range(1, {.above = 0, .at_most = 1}));
  CHECK_FALSE(is_in_range(-1, {.at_least = 0}));
  CHECK_FALSE(is_in_range(2, {.at_most = 1}));
  CHECK(is_in_range(-1e300, {}));
}

TEST_CASE("a JSON Schema gets the same range") {
  JsonValue schema = json_object();
  add_range(schema, {.at_least = 0, .above = 1, .at_most = 2, .below = 1e300});
  CHECK(to_line(schema) ==
        R"({"minimum": 0, "exclusiveMinimum": 1, "maximum": 2, "exclusiveMaximum": 1e+300})");
}

TEST_CASE("a whole number may be written with a point or an exponent") {
  CHECK(to_integer("3") == 3);
  CHECK(to_integer("3.0") == 3);
  CHECK(to_integer("1e3") == 1000);
  CHECK(to_integer("9223372036854775807") == INT64_MAX);
  CHECK(to_integer("-9223372036854775808") == INT64_MIN);
  for (const char* text : {"1.5", "1e-3", "9223372036854775808", "1e300", ""}) {
    CAPTURE(text);
    CHECK_FALSE(to_integer(text).has_value());
  }
}

TEST_CASE("only a string that holds a number gets the remark about quotes") {
  CHECK(number_remark(json_string("1e-4")) == "write it without quotes");
  CHECK(number_remark(json_string("much")).empty());
  CHECK(number_remark(json_boolean(true)).empty());
}

TEST_CASE("an override that is a number, but none of JSON, gets one to write") {
  JsonValue override = json_string(".5");
  override.raw = ".5";
  CHECK(number_remark(override) == "write 0.5");
  override.raw = "\".5\"";
  CHECK(number_remark(override) == "write it without quotes");
}

TEST_CASE("an integer beyond 64 bits is told the largest") {
  CHECK(integer_remark(json_number("18446744073709551615")) ==
        "the largest is 9223372036854775807");
  CHECK(integer_remark(json_number("1.5")).empty());
  CHECK(integer_remark(json_number("-1e30")).empty());
}

}  // namespace
}  // namespace finetune::config
