#include "data/data_report.h"

#include <nlohmann/json.hpp>

#include "data_files.h"

using namespace finetune;

TEST_CASE("The report as JSON holds every count") {
  data::DataReport report;
  report.splits["train"] = {.file = "t<b>.tsv",
                            .rows_read = 5,
                            .rows_kept = 4,
                            .blank_lines = 2,
                            .rows_bad = {{"nul", 1}},
                            .lengths = {.min = 3, .max = 9, .median = 4, .p95 = 8, .mean = 4.5},
                            .tokens = 18,
                            .truncated_rows = 1,
                            .tokens_cut = 7,
                            .duplicate_rows = 2,
                            .conflicting_rows = 1,
                            .unknown_tokens = 9,
                            .labels = {{"a", 1}, {"\xFF", 3}}};
  report.splits["test"] = {
      .target_min = -1.5, .target_max = 2.0, .target_mean = 0.25, .is_regression = true};
  report.overlap["train/test"] = 3;
  report.warnings = {"beware"};
  const std::string text = data::to_json_text(report);
  CHECK(text.back() == '\n');
  const auto json = nlohmann::json::parse(text);
  const auto train = nlohmann::json::parse(R"({"file": "t<b>.tsv", "rows_read": 5, "rows_kept": 4,
    "rows_bad": {"nul": 1}, "blank_lines": 2, "lengths": {"min": 3, "mean": 4.5, "median": 4, "p95": 8,
    "max": 9}, "tokens": 18, "truncated_rows": 1, "truncated_share": 0.25, "tokens_cut": 7,
    "duplicate_rows": 2, "conflicting_rows": 1, "unknown_tokens": 9, "unknown_share": 0.5,
    "labels": {"a": 1, "\ufffd": 3}})");
  CHECK(json.at("splits").at("train") == train);
  CHECK(json.at("splits").at("test").at("targets") ==
        nlohmann::json::parse(R"({"min": -1.5, "mean": 0.25, "max": 2.0})"));
  CHECK(json.at("splits").at("test").at("truncated_share") == 0.0);  // no row: no division by zero
  CHECK(json.at("overlap").at("train/test") == 3);
  CHECK(json.at("warnings").at(0) == "beware");
}
