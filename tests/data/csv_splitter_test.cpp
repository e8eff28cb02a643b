#include <fstream>

#include "data/delimited_reader.h"
#include "data_files.h"

namespace {

using namespace finetune;

struct Cut {
  std::vector<test::Strings> rows;
  test::Strings refused;  ///< "line:reason"
  std::vector<int64_t> lines;
  int64_t num_blank_lines = 0;
};

Cut cut(const std::string& path, uint64_t max_row_bytes = 1000) {
  const auto splitter = data::make_csv_splitter(path, max_row_bytes);
  Cut result;
  test::Strings fields;
  for (;;) {
    try {
      if (!splitter->next(fields)) break;
      result.rows.push_back(fields);
      result.lines.push_back(splitter->origin().line);
    } catch (const data::BadRow& bad) {
      result.refused.push_back(std::to_string(splitter->origin().line) + ":" +
                               std::string(bad.reason));
    }
  }
  result.num_blank_lines = splitter->num_blank_lines();
  return result;
}

Cut cut_text(const std::string& text, uint64_t max_row_bytes = 1000) {
  const test::DataFile file("a.csv", text);
  return cut(file.path(), max_row_bytes);
}

}  // namespace

TEST_CASE("CSV: RFC 4180 fields") {
  CHECK(cut_text("a,b\r\n1, 2 \r\n").rows == std::vector<test::Strings>{{"a", "b"}, {"1", " 2 "}});
  CHECK(cut_text("\"x,y\",\"say \"\"hi\"\"\"\n").rows ==
        std::vector<test::Strings>{{"x,y", "say \"hi\""}});
  CHECK(cut_text("a,,\n\"\",\"\"").rows == std::vector<test::Strings>{{"a", "", ""}, {"", ""}});
  CHECK(cut_text("last,row").rows == std::vector<test::Strings>{{"last", "row"}});
  CHECK(cut_text("").rows.empty());
}

TEST_CASE("CSV: a quoted field goes on over lines, and rows know their first line") {
  const Cut result = cut_text("h\n\"one\n\ntwo\r\nthree\",x\n\r\nafter\n");
  CHECK(result.rows == std::vector<test::Strings>{{"h"}, {"one\n\ntwo\r\nthree", "x"}, {"after"}});
  CHECK(result.lines == std::vector<int64_t>{1, 2, 7});
  CHECK(result.num_blank_lines == 1);
}

TEST_CASE("CSV: a stray quote costs its row only") {
  const Cut result = cut_text("ok,1\nsay \"hi\",2\n\"a\"b,3\nfine,4\n");
  CHECK(result.rows == std::vector<test::Strings>{{"ok", "1"}, {"fine", "4"}});
  CHECK(result.refused == test::Strings{"2:stray_quote", "3:stray_quote"});
}

TEST_CASE("CSV: a quote left open is noticed at the end, or when the row grows too long") {
  const Cut at_end = cut_text("ok,1\n\"never closed,2\nx,3\n");
  CHECK(at_end.rows.size() == 1);
  CHECK(at_end.refused == test::Strings{"2:unclosed_quote"});

  std::string text = "ok,1\n\"never closed,2\n";
  for (int i = 0; i < 100; ++i) text += "row,row\n";
  const Cut long_row = cut_text(text, 200);
  CHECK(long_row.refused == test::Strings{"2:too_long"});
  CHECK(long_row.rows.size() == 1 + 100 - 24);  // reading goes on behind the 200 bytes
}

TEST_CASE("CSV: bytes that are not text cost their row only") {
  using namespace std::string_literals;
  const Cut result = cut_text("ok,1\nb\xFF,2\n\"a\n\0\",3\nfine,4\n"s);
  CHECK(result.rows == std::vector<test::Strings>{{"ok", "1"}, {"fine", "4"}});
  CHECK(result.refused == test::Strings{"2:invalid_utf8", "3:nul"});
}
