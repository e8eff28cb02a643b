#include "data/text_reader.h"

#include "data_files.h"

namespace {

using namespace finetune;

test::ReadRows read(const std::string& content, data::TextUnit unit, uint64_t max_bytes = 1000) {
  const test::DataFile file("a.txt", content);
  return test::read_rows(file.path(),
                         {.text_unit = unit, .label_column = "", .max_row_bytes = max_bytes});
}

}  // namespace

TEST_CASE("A line is a text, blank ones aside") {
  const auto rows = read("one\n\n two \r\n\tthree", data::TextUnit::kLine);
  CHECK(test::texts(rows.examples) == test::Strings{"one", " two ", "\tthree"});
  CHECK(rows.examples[1].line == 3);
  CHECK(rows.num_blank_lines == 1);
}

TEST_CASE("Where every line is a text, a blank one is, too") {
  const auto rows = read("one\n\n  \nthree\n", data::TextUnit::kEveryLine);
  CHECK(test::texts(rows.examples) == test::Strings{"one", "", "  ", "three"});
  CHECK(rows.examples[1].line == 2);
  CHECK(rows.num_blank_lines == 0);
}

TEST_CASE("A paragraph ends at a blank line and keeps its line ends") {
  const auto rows = read("\na\nb\n\n\nc\n", data::TextUnit::kParagraph);
  CHECK(test::texts(rows.examples) == test::Strings{"a\nb\n", "c\n"});
  CHECK(rows.examples[0].line == 2);
  CHECK(rows.examples[1].line == 6);
}

TEST_CASE("A file is one text with its blank lines") {
  const auto rows = read("a\n\nb", data::TextUnit::kFile);
  CHECK(test::texts(rows.examples) == test::Strings{"a\n\nb\n"});
  CHECK(read("", data::TextUnit::kFile).examples.empty());
}

TEST_CASE("A text that is too long is a bad row, and the next one is read") {
  const auto rows = read("abcdef\nb\n", data::TextUnit::kLine, 4);
  CHECK(test::texts(rows.examples) == test::Strings{"b"});
  REQUIRE(rows.refused.size() == 1);
  CHECK_THAT(rows.refused[0], Catch::EndsWith(":too_long"));
  CHECK_THAT(read("ab\ncd\n", data::TextUnit::kFile, 4).refused.at(0),
             Catch::EndsWith(":too_long"));
}
