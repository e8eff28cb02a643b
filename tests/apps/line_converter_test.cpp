#include "line_converter.h"

#include <catch2/catch.hpp>

#include "support/error_of.h"
#include "support/test_support.h"

using namespace finetune;
using Catch::Matchers::Contains;
using test::error_of;

namespace {

/// What a line becomes with a vocabulary of words: [CLS] is 2, [SEP] 3, hello 5, world 6.
std::string converted(const apps::TokenizeArguments& arguments, const std::string& line) {
  const auto tokenizer = text::load_tokenizer(test::fixture("text/fixtures/folders/plain"));
  std::string out;
  apps::LineConverter(*tokenizer, arguments).convert(line, 9, out);
  return out;
}

std::string error_for(const apps::TokenizeArguments& arguments, const std::string& line) {
  return error_of<DataError>([&] { converted(arguments, line); });
}

}  // namespace

TEST_CASE("a line becomes a JSON object, or the columns that are asked for") {
  CHECK(converted({}, "hello world") ==
        R"({"ids":[2,5,6,3],"tokens":["[CLS]","hello","world","[SEP]"],)"
        R"("offsets":[[0,0],[0,5],[6,11],[0,0]]})");
  CHECK(converted({.prints_ids = true}, "hello world") == "2 5 6 3");
  CHECK(converted({.prints_ids = true, .prints_tokens = true, .prints_offsets = true}, "hello") ==
        "2 5 3\t[CLS] hello [SEP]\t0-0 0-5 0-0");
  CHECK(converted({.prints_ids = true, .adds_special_tokens = false}, "hello world") == "5 6");
  CHECK(converted({.prints_ids = true, .max_length = 3}, "hello world") == "2 5 3");
}

TEST_CASE("a pair is two texts and one tab") {
  const apps::TokenizeArguments arguments{.prints_ids = true, .has_pairs = true};
  CHECK(converted(arguments, "hello\tworld") == "2 5 3 6 3");
  CHECK(converted({.prints_ids = true}, "hello\tworld") == "2 5 6 3");
  CHECK_THAT(error_for(arguments, "hello world"),
             Contains("standard input:9") && Contains("one tab, found 0"));
  CHECK_THAT(error_for(arguments, "hello\tworld\t"), Contains("one tab, found 2"));
}

TEST_CASE("JSON strings may hold line ends, arrays of two are pairs") {
  const apps::TokenizeArguments arguments{.prints_ids = true, .is_json = true};
  CHECK(converted(arguments, R"("hello\nworld")") == "2 5 6 3");
  CHECK(converted(arguments, R"(["hello", "world"])") == "2 5 3 6 3");
  for (const char* line : {R"(["hello"])", R"(["hello", 1])", "{}", "7"})
    CHECK_THAT(error_for(arguments, line), Contains("expected a string or an array of two"));
  CHECK_THAT(error_for(arguments, "\"hello"), Contains("standard input:9"));
  CHECK_THAT(error_for({.has_pairs = true, .is_json = true}, "\"hello\""),
             Contains("expected an array of two strings"));
}

TEST_CASE("ids become text") {
  CHECK(converted({.decodes = true, .adds_special_tokens = false}, " 2 5  6 3 ") == "hello world");
  CHECK(converted({.decodes = true, .is_json = true, .adds_special_tokens = false}, "5 6") ==
        "\"hello world\"");
  for (const char* line : {"5 x", "-1", "100000", "5.0"})
    CHECK_THAT(error_for({.decodes = true}, line),
               Contains("standard input:9") && Contains("is no token id"));
}
