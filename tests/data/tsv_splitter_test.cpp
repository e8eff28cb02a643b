#include "data/delimited_reader.h"
#include "data_files.h"

using namespace finetune;

TEST_CASE("TSV: tabs separate, and quotes and backslashes mean nothing") {
  const test::DataFile file("a.tsv", "a \"quoted\tb\\t\r\n\n\"c\t\n");
  const auto splitter = data::make_tsv_splitter(file.path(), 100);
  test::Strings fields;
  REQUIRE(splitter->next(fields));
  CHECK(fields == test::Strings{"a \"quoted", "b\\t"});
  CHECK(splitter->origin().raw == "a \"quoted\tb\\t");
  REQUIRE(splitter->next(fields));
  CHECK(fields == test::Strings{"\"c", ""});
  CHECK(splitter->origin().line == 3);
  CHECK(splitter->origin().byte == 16);
  CHECK(splitter->num_blank_lines() == 1);
  CHECK_FALSE(splitter->next(fields));
}
