#include "line_texts.h"

#include <catch2/catch.hpp>

#include "support/error_of.h"

using namespace finetune;
using apps::to_example;
using Catch::Matchers::Contains;
using test::error_of;

TEST_CASE("a line is a text as it stands, tabs included") {
  const data::Example example = to_example(" a\tb\tc ", false, 7);
  CHECK(example.text == " a\tb\tc ");
  CHECK(example.text_pair.empty());
  CHECK(example.line == 7);
  CHECK(to_example("", false, 1).text.empty());
}

TEST_CASE("a line of a pair is two texts") {
  const data::Example example = to_example("one text\tGröße ", true, 2);
  CHECK(example.text == "one text");
  CHECK(example.text_pair == "Größe ");
  CHECK(example.line == 2);
  CHECK(apps::split_pair("\t") == std::pair<std::string_view, std::string_view>("", ""));
}

TEST_CASE("a pair without its tab, or with more than one, is refused by its line") {
  CHECK_THAT(error_of<DataError>([] { to_example("one text", true, 12); }),
             Contains("standard input:12") && Contains("one tab, found 0"));
  CHECK_THAT(error_of<DataError>([] { to_example("a\tb\tc", true, 3); }),
             Contains("standard input:3") && Contains("one tab, found 2"));
}

TEST_CASE("bytes that are no text are refused by line and byte") {
  CHECK_THAT(error_of<DataError>([] { to_example("gr\xFC\xDF", false, 4); }),
             Contains("standard input:4") && Contains("not valid UTF-8 (byte 2 of the line)"));
  CHECK_THAT(error_of<DataError>([] { to_example("a\tb\xC3", true, 5); }),
             Contains("standard input:5") && Contains("(byte 3 of the line)"));
  CHECK_THAT(error_of<DataError>([] {
               to_example({"a\0b", 3}, false, 6);
             }),
             Contains("standard input:6") && Contains("NUL byte (byte 1 of the line)"));
}
