#include "data/report_warnings.h"

#include "data_files.h"

using namespace finetune;

TEST_CASE("Nothing to warn of gives no warning") {
  data::DataReport report;
  report.splits["train"] = {.rows_read = 10,
                            .rows_kept = 10,
                            .tokens = 1000,
                            .unknown_tokens = 10,
                            .labels = {{"a", 5}, {"b", 5}}};
  report.overlap["train/test"] = 0;
  CHECK(data::warnings_of(report).empty());
  CHECK(data::warnings_of({}).empty());
}

TEST_CASE("Each thing worth knowing is one sentence with its numbers") {
  data::DataReport report;
  report.splits["train"] = {.rows_read = 1000,
                            .rows_kept = 990,
                            .rows_bad = {{"nul", 4}, {"ragged", 6}},
                            .tokens = 1000,
                            .truncated_rows = 99,
                            .tokens_cut = 1234,
                            .conflicting_rows = 3,
                            .unknown_tokens = 32,
                            .labels = {{"a", 990}, {"b", 0}}};
  report.overlap["train/validation"] = 9;
  const auto warnings = data::warnings_of(report);
  REQUIRE(warnings.size() == 7);
  CHECK(warnings[0] == "train: 10 of 1000 rows were left out (4 nul, 6 ragged)");
  CHECK(warnings[1] ==
        "train: 99 of 990 rows (10.0 %) are longer than max_length and were cut: 1234 tokens lost");
  CHECK(warnings[2] == "train: 3 rows repeat the text of an earlier row with another label");
  CHECK(warnings[3] == "train: 3.2 % of the tokens are unknown to the tokenizer");
  CHECK(warnings[4] == "train: no row has the label 'b'");
  CHECK(warnings[5] == "train: all rows have the same label");
  CHECK(warnings[6] ==
        "9 rows of validation have a text that also stands in train: scores on validation flatter");
}

TEST_CASE("Unlabelled data misses no label") {
  data::DataReport report;
  report.splits["data"] = {.rows_read = 2, .rows_kept = 2, .labels = {{"a", 0}, {"b", 0}}};
  CHECK(data::warnings_of(report).empty());
}
