#include "config/json_parser.h"

#include <catch2/catch.hpp>

namespace finetune::config {
namespace {

std::string problems_of(const Problems& problems) {
  if (problems.empty()) return "";
  const std::string text = problems.report("f", {});
  return text.substr(text.find('\n') + 1);
}

TEST_CASE("values and keys know their line and column, counted in characters") {
  Problems problems;
  const auto root = parse_json("{\n  \"é\": [1,\r\n    {\"b\": true}]\n}", {1, 1}, problems);
  REQUIRE(root.has_value());
  CHECK(problems.empty());
  const JsonMember& member = root->members.at(0);
  CHECK(member.position.line == 2);
  CHECK(member.position.column == 3);
  CHECK(member.value.position.column == 8);
  const JsonMember& inner = member.value.items.at(1).members.at(0);
  CHECK(inner.position.line == 3);
  CHECK(inner.position.column == 6);
  CHECK(inner.value.position.column == 11);
}

TEST_CASE("what JSON forbids is reported while the meaning stays clear") {
  const auto [text, line, message] = GENERATE(table<std::string, std::string, std::string>({
      {R"({"a": 1,})", R"({"a": 1})", "  line 1, column 8: JSON allows no comma before '}'"},
      {R"({"a": [1,]})", R"({"a": [1]})", "  line 1, column 9: a: JSON allows no comma before ']'"},
      {R"({"a": 1 "b": 2})", R"({"a": 1, "b": 2})",
       "  line 1, column 9: a comma is missing before this"},
      {R"({"a": 1, "a": 2})", R"({"a": 1})",
       "  line 1, column 10: a: duplicate key; it stands in line 1 already"},
      {R"({a: 1})", R"({"a": 1})", "  line 1, column 2: a: keys are written in double quotes"},
      {R"({"a": {"b": 1, "b": 1}})", R"({"a": {"b": 1}})",
       "  line 1, column 16: a.b: duplicate key; it stands in line 1 already"},
  }));
  Problems problems;
  const auto root = parse_json(text, {1, 1}, problems);
  REQUIRE(root.has_value());
  CHECK(to_line(*root) == line);
  CHECK(problems_of(problems) == message);
}

TEST_CASE("text that cannot be understood is reported once") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"", "  line 1, column 1: expected a JSON object, found nothing"},
      {"{\"a\": 1", "  line 1, column 8: the file ends before the closing '}'"},
      {"{\"a\": [1", "  line 1, column 9: a: the file ends before the closing ']'"},
      {"{\"a\": [1}", "  line 1, column 9: a: expected ']'"},
      {"{\"a\" 1}", "  line 1, column 6: a: expected ':' after the key"},
      {"{\"a\": }", "  line 1, column 7: a: expected a value"},
      {"{\"a\": 1, , \"b\": 2}", "  line 1, column 10: expected a key in double quotes"},
      {"{} {}", "  line 1, column 4: expected nothing after the end of the JSON"},
      {std::string("{}\0x", 4), "  line 1, column 3: expected nothing after the end of the JSON"},
      {"{\n\"a\": \"\xff\"}", "  line 2, column 1: the text is not valid UTF-8"},
  }));
  Problems problems;
  CHECK_FALSE(parse_json(text, {1, 1}, problems).has_value());
  CHECK(problems_of(problems) == message);
}

TEST_CASE("deep nesting and endless objects are refused, not followed") {
  Problems problems;
  CHECK_FALSE(parse_json(std::string(100000, '['), {1, 1}, problems).has_value());
  std::string many = "{";
  for (int i = 0; i < 20000; ++i) many += "\"k" + std::to_string(i) + "\": 1,\n";
  CHECK_FALSE(parse_json(many, {1, 1}, problems).has_value());
  CHECK(problems_of(problems).find("too many keys in one object") != std::string::npos);
}

TEST_CASE("every prefix and every damaged byte of a document is read or reported") {
  const std::string text = R"({"a": [1, -2.5e3, "x\u00e9\n"], "b": {"c": null, "d": true}})";
  for (size_t i = 0; i < text.size(); ++i) {
    Problems problems;
    CHECK_FALSE(parse_json(text.substr(0, i), {1, 1}, problems).has_value());
    CHECK_FALSE(problems.empty());
    for (const char damage : {'\0', '"', '}', ',', '\\', '\xff', '9', '\n'}) {
      std::string damaged = text;
      damaged[i] = damage;
      Problems damaged_problems;
      const auto root = parse_json(damaged, {1, 1}, damaged_problems);
      CHECK((root.has_value() || !damaged_problems.empty()));
    }
  }
}

}  // namespace
}  // namespace finetune::config
