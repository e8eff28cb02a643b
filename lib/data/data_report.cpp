#include "data/data_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.h"

namespace finetune::data {
namespace {

using nlohmann::json;

double share(int64_t part, int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(std::max<int64_t>(whole, 1));
}

json lengths_json(const LengthSummary& lengths) {
  return {{"min", lengths.min},
          {"mean", lengths.mean},
          {"median", lengths.median},
          {"p95", lengths.p95},
          {"max", lengths.max}};
}

json split_json(const SplitReport& report) {
  json out = {{"file", report.file},
              {"rows_read", report.rows_read},
              {"rows_kept", report.rows_kept},
              {"rows_bad", report.rows_bad},
              {"blank_lines", report.blank_lines},
              {"lengths", lengths_json(report.lengths)},
              {"tokens", report.tokens},
              {"truncated_rows", report.truncated_rows},
              {"truncated_share", share(report.truncated_rows, report.rows_kept)},
              {"tokens_cut", report.tokens_cut},
              {"duplicate_rows", report.duplicate_rows},
              {"conflicting_rows", report.conflicting_rows},
              {"unknown_tokens", report.unknown_tokens},
              {"unknown_share", share(report.unknown_tokens, report.tokens)}};
  if (!report.rows_dropped.empty()) out["rows_dropped"] = report.rows_dropped;
  if (report.target_tokens > 0) {
    out["target_lengths"] = lengths_json(report.target_lengths);
    out["target_tokens"] = report.target_tokens;
  }
  if (report.is_regression) {
    out["targets"] = {
        {"min", report.target_min}, {"mean", report.target_mean}, {"max", report.target_max}};
  } else {
    out["labels"] = report.labels;
  }
  return out;
}

}  // namespace

std::string to_json_text(const DataReport& report) {
  json out = {{"splits", json::object()}, {"overlap", report.overlap}};
  for (const auto& [name, split] : report.splits) out["splits"][name] = split_json(split);
  out["warnings"] = report.warnings;
  return base::dump_json(out, 2) + "\n";
}

}  // namespace finetune::data
