#pragma once

#include <string>
#include <vector>

#include "data/data_report.h"
#include "report/report_page.h"
#include "run/predictions.h"
#include "run/run_config.h"

namespace finetune::run {

/// The rows that the model got wrong with the highest confidence, at most `max_count`, with their
/// texts.
std::vector<report::WrongAnswer> wrong_answers(const DataText& text, const tasks::Answers& answers,
                                               size_t max_count);

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
