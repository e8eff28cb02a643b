#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace finetune::data {

/// Token counts of the examples of one split, specials included, after truncation.
struct LengthSummary {
  int64_t min = 0;
  int64_t max = 0;
  int64_t median = 0;  ///< nearest rank
  int64_t p95 = 0;     ///< nearest rank
  double mean = 0.0;
};

/// What became of one split on its way from the file to the model.
struct SplitReport {
  std::string file{};
  int64_t rows_read = 0;  ///< rows of the file, blank lines aside
  int64_t rows_kept = 0;  ///< rows of the data set
  int64_t blank_lines = 0;
  std::map<std::string, int64_t> rows_dropped{};  ///< by reason: "long_target", "length_ratio", ...
  std::map<std::string, int64_t> rows_bad{};  ///< by reason: "invalid_utf8", "unknown_label", ...
  LengthSummary lengths{};
  int64_t tokens = 0;
  LengthSummary target_lengths{};  ///< of target texts, their end included
  int64_t target_tokens = 0;       ///< 0 without target texts
  int64_t truncated_rows = 0;
  int64_t tokens_cut = 0;
  int64_t duplicate_rows = 0;    ///< rows whose text (and pair) stands in an earlier row
  int64_t conflicting_rows = 0;  ///< those of them whose label differs from the first one's
  int64_t unknown_tokens = 0;
  std::map<std::string, int64_t> labels{};  ///< rows by label; empty for regression, unlabelled
  double target_min = 0.0;                  ///< regression only
  double target_max = 0.0;
  double target_mean = 0.0;
  bool is_regression = false;
};

/// Contents of data_report.json.
struct DataReport {
  std::map<std::string, SplitReport> splits{};  ///< "train", "validation", "test"
  /// "train/validation" -> rows of the second split whose text stands in the first.
  std::map<std::string, int64_t> overlap{};
  std::vector<std::string> warnings{};  ///< sentences for people: overlap, truncation, labels, ...
};

/// data_report.json as text, indented, with a trailing newline.
std::string to_json_text(const DataReport& report);

}  // namespace finetune::data
