#pragma once

#include <string>
#include <vector>

#include "data/data_report.h"
#include "report/report_page.h"
#include "run/run_config.h"
#include "run/split_result.h"

namespace finetune::run {

/// The examples of a split that the model got wrong with the highest confidence, at most
/// `max_count`; single label only. `path` and `read` are how the split was read: its texts are read
/// again.
std::vector<report::WrongAnswer> wrong_answers(const JudgedSplit& split, const std::string& path,
                                               const data::ReadOptions& read, size_t max_count);

struct RunReportInput {
  const RunConfig& config;
  const data::DataReport& data;
  std::string status;
  std::vector<report::SplitResult> splits;
  std::vector<report::WrongAnswer> wrong_answers;
};

/// report.html of a run, from its metrics.jsonl and what its final evaluation found.
std::string run_report_html(const RunReportInput& input);

}  // namespace finetune::run
