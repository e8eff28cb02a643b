#include "data/row_reader.h"

#include "base/error.h"
#include "data_files.h"

using namespace finetune;

TEST_CASE("The format follows the file's ending, or is said") {
  const std::string tsv = "text\tlabel\na b\tx\n";
  const std::string csv = "text,label\na b,x\n";
  const std::string jsonl = "{\"text\": \"a b\", \"label\": \"x\"}\n";
  for (const auto& [name, content, format] : {std::tuple{"a.tsv", tsv, ""},
                                              {"a.csv", csv, ""},
                                              {"a.jsonl", jsonl, ""},
                                              {"a.ndjson", jsonl, ""},
                                              {"a.json", jsonl, ""},
                                              {"a.txt", tsv, "tsv"},
                                              {"a.tsv", csv, "csv"},
                                              {"a", jsonl, "jsonl"}}) {
    const test::DataFile file(name, content);
    data::ReadOptions options;
    options.format = format;
    CAPTURE(name, format);
    CHECK(test::texts(test::read_rows(file.path(), options).examples) == test::Strings{"a b"});
  }
}

TEST_CASE("Plain text is known by its ending, and has no column for what is right") {
  for (const char* name : {"a.tsv", "a.csv.gz", "a.jsonl", "-", "test.en", "a"})
    CHECK_FALSE(data::is_plain_text(name));
  for (const char* name : {"a.txt", "a.txt.zst"}) CHECK(data::is_plain_text(name));
  const test::DataFile file("a.txt", "a b\n");
  using data::TargetKind;
  for (const TargetKind kind : {TargetKind::kSingleLabel, TargetKind::kMultiLabel,
                                TargetKind::kRegression, TargetKind::kText}) {
    const std::string message = test::error_of<DataError>(
        [&] { data::make_row_reader(file.path(), {.target_kind = kind}); });
    CHECK(message.find("a.txt: plain text has no column for the ") != std::string::npos);
    CHECK_NOTHROW(data::make_row_reader(file.path(), {.label_column = "", .target_kind = kind}));
  }
  CHECK_NOTHROW(data::make_row_reader(file.path(), {.target_kind = TargetKind::kNone}));
}

TEST_CASE("An unknown ending or format is an error that says what is expected") {
  const std::string message =
      test::error_of<ConfigError>([] { data::make_row_reader("data.xlsx", {}); });
  CHECK(message.find(".tsv, .csv, .jsonl or .txt") != std::string::npos);
  data::ReadOptions options;
  options.format = "parquet";
  CHECK_THROWS_AS(data::make_row_reader("a.tsv", options), ConfigError);
}

TEST_CASE("A label field is trimmed, and split for multi-label data only") {
  CHECK(data::labels_of_field(" a;b ", data::TargetKind::kSingleLabel) == test::Strings{"a;b"});
  CHECK(data::labels_of_field(" a; b", data::TargetKind::kMultiLabel) == test::Strings{"a", "b"});
  CHECK(data::labels_of_field(" ", data::TargetKind::kMultiLabel).empty());
  CHECK(data::labels_of_field("", data::TargetKind::kSingleLabel) == test::Strings{""});
}
