#include "config/overrides.h"

#include <catch2/catch.hpp>

#include "config/json_parser.h"

namespace finetune::config {
namespace {

struct Result {
  JsonValue root;
  std::string problems;
};

Result apply(std::string_view text, const std::vector<std::string>& overrides) {
  Problems problems;
  Result result{parse_json(text, {1, 1}, problems).value(), ""};
  apply_overrides(overrides, result.root, problems);
  if (!problems.empty()) result.problems = problems.report("f", overrides);
  return result;
}

TEST_CASE("an override replaces, adds and makes sections, the last one wins") {
  const Result result =
      apply(R"({"a": {"b": 1}, "n": null})",
            {"a.b=2", "--a.c=[1, 2]", "d.e=true", "a.b=3", "n.x=null", "s=free text"});
  CHECK(to_line(result.root) ==
        R"({"a": {"b": 3, "c": [1, 2]}, "n": {"x": null}, "d": {"e": true}, "s": "free text"})");
  CHECK(result.problems.empty());
}

TEST_CASE("a value is JSON where it can be, else a string, split at the first '='") {
  const auto [text, line] = GENERATE(table<std::string, std::string>({
      {"k=1e-4", R"({"k": 1e-4})"},
      {"k=\"1\"", R"({"k": "1"})"},
      {"k=a=b", R"({"k": "a=b"})"},
      {"k=", R"({"k": ""})"},
      {"k=NaN", R"({"k": "NaN"})"},
      {"k={\"a\": 1,}", R"({"k": "{\"a\": 1,}"})"},
      {"k=../runs/x", R"({"k": "../runs/x"})"},
      {"k={\"a\": 1}", R"({"k": {"a": 1}})"},
  }));
  CHECK(to_line(apply("{}", {text}).root) == line);
}

TEST_CASE("everything that came by an override says so, and keeps its text") {
  const JsonValue root = apply("{}", {"x=1", "k={\"a\": [1]}"}).root;
  CHECK(root.members.at(1).position.override_index == 1);
  const JsonValue& value = root.members.at(1).value;
  CHECK(value.raw == "{\"a\": [1]}");
  CHECK(value.members.at(0).position.override_index == 1);
  CHECK(value.members.at(0).value.items.at(0).position.override_index == 1);
}

TEST_CASE("an override that names no key is an error that shows it") {
  for (const char* text : {"a.b", "=3", "a..b=3", ".a=3", "a.=3", "--=3", "-"}) {
    CAPTURE(text);
    CHECK(apply("{}", {text}).problems ==
          "'f' has 1 error:\n  override '" + std::string(text) +
              "': expected a key, '=' and a value, as in training.batch_size=32");
  }
  CHECK(apply("{}", {"a=\xff"}).problems.find("not valid UTF-8") != std::string::npos);
}

TEST_CASE("a value that is wrong in the file is left for the reader to report") {
  CHECK(to_line(apply(R"({"a": 3})", {"a.b=1"}).root) == R"({"a": 3})");
}

}  // namespace
}  // namespace finetune::config
