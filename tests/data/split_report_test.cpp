#include "data/split_report.h"

#include "data/encode.h"
#include "data_files.h"
#include "fake_tokenizer.h"

namespace {

using namespace finetune;

std::shared_ptr<const data::EncodedTable> table_of(
    const std::string& rows, data::TargetKind kind = data::TargetKind::kSingleLabel) {
  const test::DataFile file("a.tsv", "text\tlabel\n" + rows);
  data::FileOptions options{.path = file.path(), .encoding = {.max_length = 6}};
  options.read.target_kind = kind;
  return data::EncodedTable::in_memory(data::encode_file(options, {}, test::FakeTokenizer()));
}

data::SplitReport report_of(const data::EncodedTable& table,
                            data::TargetKind kind = data::TargetKind::kSingleLabel) {
  return data::report_split(table, {.file = "a.tsv",
                                    .notes = table.notes(),
                                    .target_kind = kind,
                                    .label_names = table.notes().label_names,
                                    .unknown_id = 0});
}

}  // namespace

TEST_CASE("Lengths, cuts, unknown tokens and labels are counted") {
  const auto table = table_of("w1\tpos\nw1 w2\tneg\nx w1 y\tpos\nw1 w2 w3 w4 w5 w6\tpos\n\n");
  const auto report = report_of(*table);
  CHECK(report.rows_read == 4);
  CHECK(report.rows_kept == 4);
  CHECK(report.blank_lines == 1);
  CHECK(report.tokens == 3 + 4 + 5 + 6);
  CHECK(report.lengths.min == 3);
  CHECK(report.lengths.median == 4);
  CHECK(report.lengths.p95 == 6);
  CHECK(report.lengths.max == 6);
  CHECK(report.lengths.mean == Approx(4.5));
  CHECK(report.truncated_rows == 1);
  CHECK(report.tokens_cut == 2);
  CHECK(report.unknown_tokens == 2);
  CHECK(report.labels == std::map<std::string, int64_t>{{"neg", 1}, {"pos", 3}});
  CHECK(report.duplicate_rows == 0);
}

TEST_CASE("The 95th percentile is the nearest rank") {
  std::string rows;
  for (int i = 0; i < 100; ++i) rows += (i < 95 ? "w1\tx\n" : "w1 w2\tx\n");
  CHECK(report_of(*table_of(rows)).lengths.p95 == 3);
  CHECK(report_of(*table_of(rows + "w1 w2\tx\n")).lengths.p95 == 4);
}

TEST_CASE("Repeated texts count, and those with another label count twice over") {
  const auto report = report_of(*table_of("w1\ta\nw2\ta\nw1\ta\nw1\tb\nw2\ta\nw1  \ta\n"));
  CHECK(report.duplicate_rows == 3);
  CHECK(report.conflicting_rows == 1);
}

TEST_CASE("Regression reports its targets, multi-label counts each label") {
  const auto numbers = report_of(*table_of("w1\t-1\nw2\t4\nw3\t0\n", data::TargetKind::kRegression),
                                 data::TargetKind::kRegression);
  CHECK(numbers.is_regression);
  CHECK(numbers.target_min == -1.0);
  CHECK(numbers.target_max == 4.0);
  CHECK(numbers.target_mean == 1.0);
  const auto many = report_of(*table_of("w1\ta;b\nw2\tb\n", data::TargetKind::kMultiLabel),
                              data::TargetKind::kMultiLabel);
  CHECK(many.labels == std::map<std::string, int64_t>{{"a", 1}, {"b", 2}});
}

TEST_CASE("Overlap counts the rows of the second split that stand in the first") {
  const auto train = table_of("w1\ta\nw2\tb\nw2\ta\n");
  CHECK(data::count_overlap(*train, *table_of("w2\ta\nw3\tb\nw2\tb\nw1\ta\n")) == 3);
  CHECK(data::count_overlap(*train, *table_of("w9\ta\n")) == 0);
}

TEST_CASE("Bad rows of the file are part of what was read") {
  const auto table = table_of("w1\ta\n");
  const auto report = data::report_split(*table, {.file = "a.tsv",
                                                  .notes = {{}, {{"nul", 2}, {"ragged", 1}}, 0},
                                                  .label_names = {"a"},
                                                  .unknown_id = {}});
  CHECK(report.rows_read == 4);
  CHECK(report.rows_bad.at("nul") == 2);
  CHECK(report.unknown_tokens == 0);
}
