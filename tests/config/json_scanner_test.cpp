#include "config/json_scanner.h"

#include <catch2/catch.hpp>

namespace finetune::config {
namespace {

/// What was reported, without the line that names the file.
std::string problems_of(const Problems& problems) {
  const std::string text = problems.report("f", {});
  return text.substr(text.find('\n') + 1);
}

std::string scan_string(std::string_view text, Problems& problems) {
  JsonScanner scanner(text, {1, 1}, problems);
  scanner.peek();
  return scanner.read_string("k");
}

JsonValue scan_word(std::string_view text, Problems& problems) {
  JsonScanner scanner(text, {1, 1}, problems);
  return scanner.read_word("k");
}

TEST_CASE("escapes are decoded, surrogate pairs to one character") {
  Problems problems;
  CHECK(scan_string(R"("a\"\\\/\n\t\u00e9\u20ac\ud83d\ude00")", problems) == "a\"\\/\n\té€😀");
  CHECK(scan_string(R"("\u0041")", problems) == "A");
  CHECK(problems.empty());
}

TEST_CASE("what is wrong inside a string is reported with its column") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {R"("a\ud83dx")", "  line 1, column 3: k: a lone surrogate is no character"},
      {R"("a\ud83d\u0041")", "  line 1, column 3: k: a lone surrogate is no character"},
      {R"("a\udc00")", "  line 1, column 3: k: a lone surrogate is no character"},
      {R"("C:\data")", "  line 1, column 4: k: a backslash in a string is written twice: \\\\"},
      {"'a'", "  line 1, column 1: k: strings are written in double quotes"},
      {"\"é\tb\"",
       "  line 1, column 3: k: a control character inside a string; write it as \\t or \\u00XX"},
  }));
  Problems problems;
  scan_string(text, problems);
  CHECK(problems_of(problems) == message);
}

TEST_CASE("a string that cannot be read to its end stops the reading") {
  for (const char* text : {"\"abc", "\"abc\n\"", "\"\\u12", "\"\\u12x4\"", "\"\\"}) {
    CAPTURE(text);
    Problems problems;
    CHECK_THROWS_AS(scan_string(text, problems), UnreadableJson);
    CHECK_FALSE(problems.empty());
  }
}

TEST_CASE("numbers keep their spelling") {
  Problems problems;
  for (const char* text : {"0", "-0", "1.5", "5e-5", "1E+3", "-12.25e2", "9223372036854775807"}) {
    const JsonValue value = scan_word(text, problems);
    CHECK(value.kind == JsonKind::kNumber);
    CHECK(value.text == text);
  }
  CHECK(problems.empty());
}

TEST_CASE("words that JSON does not know are reported and say nothing more") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"1e400", "the number '1e400' is out of range (at most 1.8e308)"},
      {"NaN", "'NaN' is no number in JSON"},
      {"-Infinity", "'-Infinity' is no number in JSON"},
      {"+1", "'+1' is no number in JSON"},
      {".5", "'.5' is no number in JSON"},
      {"5.", "'5.' is no number in JSON"},
      {"01", "'01' is no number in JSON"},
      {"0x10", "'0x10' is no number in JSON"},
      {"1e", "'1e' is no number in JSON"},
      {"1_000", "'1_000' is no number in JSON"},
      {"True", "JSON writes true, not True"},
      {"None", "JSON writes null, not None"},
      {"adamw", "strings are written in double quotes: \"adamw\""},
  }));
  Problems problems;
  CHECK(scan_word(text, problems).kind == JsonKind::kInvalid);
  CHECK(problems_of(problems) == "  line 1, column 1: k: " + message);
}

TEST_CASE("comments of three kinds are reported and skipped") {
  Problems problems;
  JsonScanner scanner("// a\n/* b\n */ # c\n x", {1, 1}, problems);
  CHECK(scanner.peek() == 'x');
  CHECK(scanner.position().line == 4);
  CHECK(scanner.position().column == 2);
  CHECK(problems_of(problems) ==
        "  line 1, column 1: JSON allows no comments; put remarks into \"about\"\n"
        "  line 2, column 1: JSON allows no comments; put remarks into \"about\"\n"
        "  line 3, column 5: JSON allows no comments; put remarks into \"about\"");
}

TEST_CASE("an open comment ends with the text") {
  Problems problems;
  JsonScanner scanner("/* b", {1, 1}, problems);
  CHECK(scanner.peek() == '\0');
  CHECK(scanner.at_end());
}

TEST_CASE("a byte-order mark is reported and skipped") {
  Problems problems;
  JsonScanner scanner("\xef\xbb\xbf{", {1, 1}, problems);
  CHECK(scanner.take('{'));
  CHECK_FALSE(problems.empty());
}

}  // namespace
}  // namespace finetune::config
