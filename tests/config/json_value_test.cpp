#include "config/json_value.h"

#include <catch2/catch.hpp>

namespace finetune::config {
namespace {

TEST_CASE("one line of JSON holds every kind of value") {
  const JsonValue value = json_object({{"a", json_number("1e-5")},
                                       {"b", json_array({json_boolean(true), JsonValue{}})},
                                       {"c\"", json_string("x\n\\\x01\"é")},
                                       {"d", json_object()}});
  CHECK(to_line(value) == R"({"a": 1e-5, "b": [true, null], "c\"": "x\n\\\u0001\"é", "d": {}})");
}

TEST_CASE("pretty JSON spreads the outermost object and what is too long for a line") {
  const JsonValue inner = json_object({{"x", json_number("1")}});
  CHECK(to_pretty(json_object({{"s", inner}})) == "{\n  \"s\": {\"x\": 1}\n}");
  const JsonValue long_text = json_string(std::string(100, 'x'));
  CHECK(to_pretty(json_object({{"s", json_array({long_text})}})) ==
        "{\n  \"s\": [\n    \"" + std::string(100, 'x') + "\"\n  ]\n}");
}

TEST_CASE("members are found by key and added once") {
  JsonValue object = json_object({{"a", json_number("1")}});
  CHECK(object.find("b") == nullptr);
  object.at_or_add("b", {3, 4}).text = "x";
  CHECK(object.at_or_add("b", {5, 6}).text == "x");
  REQUIRE(object.members.size() == 2);
  CHECK(object.members[1].position.line == 3);
}

TEST_CASE("messages describe a value without printing what could harm a terminal") {
  CHECK(describe(json_string("a\x1b[31m")) == "the string 'a\\x1b[31m'");
  CHECK(describe(json_number("1.5")) == "1.5");
  CHECK(describe(json_number(std::string(80, '1'))) == std::string(40, '1') + "...");
  CHECK(describe(json_object()) == "an object");
  CHECK(describe(json_array({})) == "an array");
  CHECK(describe(json_boolean(false)) == "false");
  CHECK(describe(JsonValue{}) == "null");
}

TEST_CASE("only strings and the values of overrides serve as text") {
  CHECK(text_of(json_string("x")) == "x");
  CHECK_FALSE(text_of(json_number("5")).has_value());
  JsonValue number = json_number("5");
  number.raw = "5";
  CHECK(text_of(number) == "5");
  const std::vector<std::string> texts = {"a", "b"};
  CHECK(to_line(json_strings(texts)) == R"(["a", "b"])");
}

}  // namespace
}  // namespace finetune::config
