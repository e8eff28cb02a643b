#include "base/json.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "support/test_support.h"

using namespace finetune;
using base::parse_json;

namespace {

std::string message_of(const std::string& text, base::JsonLimits limits = {}) {
  try {
    const auto value = parse_json(text, "file.json", limits);
    FAIL("accepted as " << value.dump());
  } catch (const CheckpointError& error) {
    return error.chain().front();
  }
  return {};
}

std::string nested(int depth) {
  const auto count = static_cast<size_t>(depth);
  return std::string(count, '[') + std::string(count, ']');
}

}  // namespace

TEST_CASE("valid JSON is read as any parser reads it") {
  const std::vector<std::string> texts = {
      R"({"a": [1, -2, 2.5, 1e-3, true, false, null], "b": {"c": {}}, "d": []})",
      R"("text")",
      "0",
      " \r\n\t[ ] ",
      R"(["\u00e9\ud83d\ude00\n\"\\\/", "\u0000", "é😀"])",
      "18446744073709551615",
      "-9223372036854775808",
      "1e308",
      "123456789012345678901234567890",
      R"({"": 1, " ": 2})",
      nested(64)};
  for (const std::string& text : texts) {
    INFO(text);
    CHECK(parse_json(text, "text") == nlohmann::json::parse(text));
  }
}

TEST_CASE("values land where they belong") {
  const auto value = parse_json(R"({"a": [{"b": 1}, [2, {"c": 3}]], "d": 4})", "text");
  CHECK(value.dump() == R"({"a":[{"b":1},[2,{"c":3}]],"d":4})");
  CHECK(parse_json("7", "text").is_number_unsigned());
  CHECK(parse_json("-7", "text").is_number_integer());
  CHECK(parse_json("7.0", "text").is_number_float());
}

TEST_CASE("duplicate keys are refused, at the place of the second") {
  CHECK(message_of("{\"a\": 1,\n  \"b\": 2,\n  \"a\": 3}") ==
        "file.json: line 3, column 5: duplicate key 'a' near '  \"a\"'");
  CHECK_THAT(message_of(R"({"x": {"a": 1, "\u0061": 1}})"), Catch::Contains("duplicate key 'a'"));
  CHECK_NOTHROW(parse_json(R"([{"a": 1}, {"a": {"a": 2}}])", "text"));
}

TEST_CASE("nesting is bounded") {
  CHECK_THAT(message_of(nested(65)), Catch::Contains("column 65: nested deeper than 64 levels"));
  CHECK_THAT(message_of(std::string(10'000'000, '[')), Catch::Contains("nested deeper"));
  CHECK_THAT(message_of(R"({"a": {"b": {"c": 1}}})", {.max_depth = 2}),
             Catch::Contains("nested deeper than 2"));
}

TEST_CASE("the size is bounded") {
  CHECK_THAT(message_of("[1234]", {.max_bytes = 5}), Catch::Contains("6 bytes"));
  CHECK_NOTHROW(parse_json("[123]", "text", {.max_bytes = 5}));
}

TEST_CASE("text that is not strict JSON is refused with line and column") {
  const auto position = GENERATE(table<std::string, std::string>({
      {"", "line 1, column 1"},
      {" ", "line 1, column 1"},
      {"{\"a\": 1,}", "line 1, column 9"},
      {"[1,\n2,\n]", "line 3, column 1"},
      {"// comment\n{}", "line 1, column 1"},
      {"{} /* comment */", "line 1, column 4"},
      {"{}\n{}", "line 2, column 1"},
      {"[NaN]", "line 1, column 2"},
      {"[Infinity]", "line 1, column 2"},
      {"[-Infinity]", "line 1, column 3"},
      {"[1e400]", "line 1, column"},
      {"[-1e400]", "line 1, column"},
      {"[01]", "line 1, column 4"},
      {"[+1]", "line 1, column 2"},
      {"[.5]", "line 1, column 2"},
      {"[1.]", "line 1, column 4"},
      {"[0x10]", "line 1, column 3"},
      {"{'a': 1}", "line 1, column 2"},
      {"{a: 1}", "line 1, column 2"},
      {"[\"a\nb\"]", "line 2, column 1"},
      {"[\"a", "line 1, column 3"},
      {"{\"a\"", "line 1, column 4"},
      {"[1", "line 1, column 2"},
      {"[\"\xFF\"]", "line 1, column 3"},
      {"[\"\xC0\xAF\"]", "line 1, column 3"},
      {"[\"\xED\xA0\x80\"]", "line 1, column 4"},
      {"[\"\\ud800\"]", "line 1, column"},
      {"[\"\\x41\"]", "line 1, column 4"},
      {"nul", "line 1, column 3"},
      {"\xEF\xBB\xBF{}", "line 1, column 1: starts with a byte-order mark"},
      {std::string("{}\0{}", 5), "line 1, column 3: NUL byte"},
      {std::string("{\"a\": \"\0\"}", 10), "line 1, column 8: NUL byte"},
  }));
  INFO(std::get<0>(position));
  const std::string message = message_of(std::get<0>(position));
  CHECK_THAT(message, Catch::StartsWith("file.json: " + std::get<1>(position)));
  CHECK_THAT(message, !Catch::Contains("json.exception"));
  CHECK_THAT(message, !Catch::Contains("parse error"));
}

TEST_CASE("messages stay short and printable whatever the text holds") {
  const std::string escape = "[\"\x1b[31m" + std::string(1'000'000, 'x');
  for (const std::string& text :
       {escape, "[\"" + std::string(1'000'000, 'x') + "\xFF", "\x1b[0m" + escape}) {
    const std::string message = message_of(text);
    CHECK(message.size() < 300);
    CHECK(message.find('\x1b') == std::string::npos);
    CHECK(message.find('\xFF') == std::string::npos);
  }
  CHECK(message_of("{\"" + std::string(100'000, 'k') + "\":1,\"" + std::string(100'000, 'k') +
                   "\":1}")
            .size() < 300);
}

TEST_CASE("a file is read whole, and a bad one is named") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "a b\n.json";
  test::write_file(path, "{\"a\": 1}");
  CHECK(base::read_json_file(path)["a"] == 1);
  test::write_file(path, "{\"a\": }");
  CHECK_THROWS_WITH(base::read_json_file(path), Catch::Contains("a b\\n.json': line 1, column 7"));
  CHECK_THROWS_AS(base::read_json_file(path, {.max_bytes = 6}), CheckpointError);
  CHECK_THROWS_AS(base::read_json_file(folder.path() / "absent"), IoError);
  CHECK_THROWS_AS(base::read_json_file(folder.path()), IoError);
}

TEST_CASE("dumping never throws") {
  nlohmann::json value;
  value["text"] =
      "a\xFF"
      "b";
  value["nan"] = std::nan("");
  value["inf"] = std::numeric_limits<double>::infinity();
  CHECK(base::dump_json(value) == "{\"inf\":null,\"nan\":null,\"text\":\"a\uFFFDb\"}");
  CHECK(base::dump_json({{"a", 1}}, 2) == "{\n  \"a\": 1\n}");
}

TEST_CASE("numbers survive a dump and a parse to the bit") {
  for (const double number : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, 5e-5, -0.0}) {
    const auto back = parse_json(base::dump_json(number), "text").get<double>();
    CHECK(std::signbit(back) == std::signbit(number));
    CHECK(back == number);
  }
}
