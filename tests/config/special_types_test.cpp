#include <catch2/catch.hpp>

#include "value_case.h"

namespace finetune::config {
namespace {

using test::read_value;
using test::rewritten;

TEST_CASE("a length of training keeps its units and range") {
  const Rule rule{.above = 0, .units = {Unit::kSteps, Unit::kEpochs, Unit::kPercent}};
  CHECK(rewritten<Duration>("500", rule) == "\"500 steps\"");
  CHECK(rewritten<Duration>("\"0.25 epochs\"", rule) == "\"0.25 epochs\"");
  CHECK(rewritten<Duration>("\"100 percent\"", rule) == "\"100 percent\"");
  CHECK(rewritten<Duration>("\"101 percent\"", rule) == "!at most 100 percent");
  CHECK(rewritten<Duration>("\"20 minutes\"", rule) == "!");
  CHECK(rewritten<Duration>("0", rule) == "!");
  CHECK(rewritten<Duration>("-1", rule) == "!");
  CHECK(rewritten<Duration>("1.5", rule) == "!");
  CHECK(rewritten<Duration>("1e17", rule) == "!");
  CHECK(rewritten<Duration>("\"0 epochs\"", rule) == "!");
  CHECK(rewritten<Duration>("true", rule) == "!");
  CHECK(type_of<Duration>().expected(rule) ==
        "a length of training > 0 in steps, epochs, percent (a bare number is steps)");
}

TEST_CASE("a badly written length says how to write it") {
  const Rule rule{.units = {Unit::kSteps}};
  CHECK(rewritten<Duration>("\"6%\"", rule) == "!write \"6 percent\"");
  CHECK(rewritten<Duration>("\"500\"", rule) == "!a unit is missing, as in \"500 steps\"");
  CHECK(rewritten<Duration>("\"often\"", rule) ==
        "!write a number, a space and a unit, as in \"500 steps\"; steps and tokens are whole");
  CHECK(rewritten<Duration>("5", {.units = {Unit::kMinutes}}) == "!a unit is missing");
}

TEST_CASE("a column is a name or a number from 0") {
  Column column;
  CHECK(read_value("\"text\"", column).empty());
  CHECK(column == Column{"text", {}});
  CHECK(read_value("0", column).empty());
  CHECK(column == Column{"", 0});
  CHECK(rewritten<Column>("1.0") == "1");
  for (const char* text : {"-1", "1.5", "\"\"", "null", "1e9", "[0]"}) {
    CAPTURE(text);
    CHECK(rewritten<Column>(text) == "!");
  }
}

TEST_CASE("a switch may have further positions") {
  const Rule rule{.choices = {"never"}};
  CHECK(rewritten<SwitchOrWord>("true", rule) == "true");
  CHECK(rewritten<SwitchOrWord>("false", rule) == "false");
  CHECK(rewritten<SwitchOrWord>("\"never\"", rule) == "\"never\"");
  CHECK(rewritten<SwitchOrWord>("\"true\"", rule) == "!write it without quotes");
  for (const char* text : {"\"always\"", "1", "null", "[true]"}) {
    CAPTURE(text);
    CHECK(rewritten<SwitchOrWord>(text, rule) == "!");
  }
  CHECK(type_of<SwitchOrWord>().expected(rule) == "true, false or \"never\"");
  CHECK(to_line(type_of<SwitchOrWord>().schema(rule)) ==
        R"({"anyOf": [{"type": "boolean"}, {"enum": ["never"]}]})");
}

TEST_CASE("an object is passed on as it is") {
  CHECK(rewritten<JsonObject>(R"({"a": [1.50, {"b": "é"}]})") == R"({"a": [1.50, {"b": "é"}]})");
  CHECK(rewritten<JsonObject>("[]") == "!");
}

}  // namespace
}  // namespace finetune::config
