#include "data/delimited_reader.h"

#include "base/error.h"
#include "data_files.h"

namespace {

using namespace finetune;

test::ReadRows read(const std::string& name, const std::string& content,
                    const data::ReadOptions& options) {
  const test::DataFile file(name, content);
  return test::read_rows(file.path(), options);
}

}  // namespace

TEST_CASE("Columns are found by the header's names, in any order, behind a byte-order mark") {
  data::ReadOptions options;
  options.text_column = "sentence1";
  options.text_pair_column = "sentence2";
  const auto rows = read("a.tsv",
                         "\xEF\xBB\xBFlabel\tid\tsentence2\tsentence1\r\n"
                         " yes \t7\tsecond\tfirst\r\n",
                         options);
  REQUIRE(rows.examples.size() == 1);
  CHECK(rows.examples[0].text == "first");
  CHECK(rows.examples[0].text_pair == "second");
  CHECK(rows.examples[0].labels == test::Strings{"yes"});
  CHECK(rows.examples[0].line == 2);
}

TEST_CASE("Without a header, columns are numbers from 0") {
  data::ReadOptions options;
  options.has_header = false;
  options.text_column = "1";
  options.label_column = "0";
  const auto rows = read("a.csv", "pos,\"good, really\"\nneg,bad\n", options);
  CHECK(test::texts(rows.examples) == test::Strings{"good, really", "bad"});
  options.text_column = "5";
  CHECK_THROWS_AS(read("a.csv", "a,b\n", options), DataError);
  options.text_column = "sentence";
  CHECK_THROWS_AS(read("a.csv", "a,b\n", options), ConfigError);
  options.text_column = "-1";
  CHECK_THROWS_AS(read("a.csv", "a,b\n", options), ConfigError);
}

TEST_CASE("A column that is missing or named twice is an error that helps") {
  data::ReadOptions options;
  options.text_column = "sentense";
  const std::string missing =
      test::error_of<DataError>([&] { read("a.tsv", "sentence\tlabel\nx\ty\n", options); });
  CHECK(missing.find("a.tsv:1: ") != std::string::npos);
  CHECK(missing.find("did you mean 'sentence'") != std::string::npos);
  options.text_column = "text";
  CHECK(test::error_of<DataError>([&] {
          read("a.tsv", "text\tlabel\ttext\nx\ty\tz\n", options);
        }).find("two columns") != std::string::npos);
  CHECK(test::error_of<DataError>([&] {
          read("a.csv", "te\"xt,label\n", options);
        }).find("header") != std::string::npos);
}

TEST_CASE("The advice on a missing column is a key of a config or an option of a command") {
  data::ReadOptions options;
  const auto message = [&] {
    return test::error_of<DataError>([&] { read("a.tsv", "sentence\tlabel\nx\ty\n", options); });
  };
  CHECK(message().ends_with("(a file without a header needs data.header false)"));
  options.advises_options = true;
  CHECK(message().ends_with(
      "(--text-column names another; a file without a header needs --no-header)"));
  options.text_column = "sentence";
  options.label_column = "gold";
  CHECK(message().find("(--label-column names another;") != std::string::npos);
}

TEST_CASE("A row with more or fewer fields than the header is refused: nothing may shift") {
  const auto rows = read("a.tsv", "text\tlabel\nok\t1\nshort\na\ttab\t1\nok\t0\n", {});
  CHECK(test::texts(rows.examples) == test::Strings{"ok", "ok"});
  CHECK(rows.refused == test::Strings{"3:0:ragged", "4:0:ragged"});
}

TEST_CASE("Unlabelled data has no labels, multi-label fields are split at ';'") {
  data::ReadOptions options;
  options.label_column = "";
  CHECK(read("a.tsv", "text\nx\n", options).examples.at(0).labels.empty());
  options.label_column = "label";
  options.target_kind = data::TargetKind::kMultiLabel;
  const auto rows = read("a.tsv", "text\tlabel\nx\tjoy; fear\ny\t\n", options);
  CHECK(rows.examples.at(0).labels == test::Strings{"joy", "fear"});
  CHECK(rows.examples.at(1).labels.empty());
}
