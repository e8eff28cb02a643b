#include "data/report_warnings.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/strings.h"

namespace finetune::data {
namespace {

constexpr double kMuchUnknown = 0.01;

std::string percent(int64_t part, int64_t whole) {
  char text[32];
  const double share = static_cast<double>(part) / static_cast<double>(std::max<int64_t>(whole, 1));
  const auto tenths = static_cast<int>(std::lround(1000.0 * share));
  std::snprintf(text, sizeof(text), "%d.%d %%", tenths / 10, tenths % 10);
  return text;
}

void warn_of_rows(const std::string& split, const SplitReport& report,
                  std::vector<std::string>& warnings) {
  const int64_t num_bad = report.rows_read - report.rows_kept;
  if (num_bad > 0) {
    std::vector<std::string> reasons;
    for (const auto* counts : {&report.rows_bad, &report.rows_dropped}) {
      for (const auto& [reason, count] : *counts) reasons.push_back(base::cat(count, " ", reason));
    }
    warnings.push_back(base::cat(split, ": ", num_bad, " of ", report.rows_read,
                                 " rows were left out (", base::join(reasons, ", "), ")"));
  }
  if (report.truncated_rows > 0) {
    warnings.push_back(base::cat(split, ": ", report.truncated_rows, " of ", report.rows_kept,
                                 " rows (", percent(report.truncated_rows, report.rows_kept),
                                 ") are longer than max_length and were cut: ", report.tokens_cut,
                                 " tokens lost"));
  }
  if (report.conflicting_rows > 0) {
    warnings.push_back(base::cat(split, ": ", report.conflicting_rows,
                                 " rows repeat the text of an earlier row with another label"));
  }
  if (static_cast<double>(report.unknown_tokens) >
      kMuchUnknown * static_cast<double>(report.tokens)) {
    warnings.push_back(base::cat(split, ": ", percent(report.unknown_tokens, report.tokens),
                                 " of the tokens are unknown to the tokenizer"));
  }
}

void warn_of_labels(const std::string& split, const SplitReport& report,
                    std::vector<std::string>& warnings) {
  int64_t num_labelled = 0;
  for (const auto& [name, count] : report.labels) num_labelled += count;
  if (num_labelled == 0) return;
  std::vector<std::string> missing;
  for (const auto& [name, count] : report.labels) {
    if (count == 0) missing.push_back(base::quote(name));
  }
  if (!missing.empty()) {
    warnings.push_back(base::cat(split, ": no row has the label ", base::join(missing, " or ")));
  }
  if (missing.size() + 1 == report.labels.size()) {
    warnings.push_back(base::cat(split, ": all rows have the same label"));
  }
}

}  // namespace

std::vector<std::string> warnings_of(const DataReport& report) {
  std::vector<std::string> warnings;
  for (const auto& [split, split_report] : report.splits) {
    warn_of_rows(split, split_report, warnings);
    warn_of_labels(split, split_report, warnings);
  }
  for (const auto& [pair, count] : report.overlap) {
    const auto names = base::split(pair, '/');
    if (count > 0) {
      warnings.push_back(base::cat(count, " rows of ", names[1],
                                   " have a text that also stands in ", names[0], ": scores on ",
                                   names[1], " flatter"));
    }
  }
  return warnings;
}

}  // namespace finetune::data
