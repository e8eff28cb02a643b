#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "metrics/bootstrap.h"
#include "metrics/calibration.h"
#include "metrics/classification.h"
#include "report/history.h"

namespace finetune::report {

struct Setting {
  std::string key;
  std::string value;
  bool is_default = false;
};

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

/// How a model did on one split.
struct SplitResult {
  std::string split;
  int64_t num_examples = 0;
  metrics::Values values;
  std::map<std::string, metrics::Interval> intervals;       ///< 95 %, of the metrics that have one
  std::vector<std::string> labels;                          ///< [C]; empty for regression
  std::vector<metrics::ClassScores> per_class;              ///< [C] or empty
  std::vector<int64_t> confusion;                           ///< [C, C], row = target; or empty
  std::vector<metrics::CalibrationError::Bin> calibration;  ///< or empty
};

/// An example that the model got wrong, most confident first.
struct WrongAnswer {
  std::string text;
  std::string expected;
  std::string predicted;
  double confidence = 0.0;
  int64_t line = 0;  ///< of the data file, from 1
};

struct ReportData {
  std::string title;    ///< of the run
  std::string verdict;  ///< one sentence: what came out
  std::vector<Setting> settings;
  History history;
  std::string metric;  ///< the one that chooses the best model
  std::vector<SplitResult> splits;
  Table data_summary;
  std::vector<WrongAnswer> wrong_answers;
};

/// report.html: one self-contained page with curves as inline SVG; no script, no other file, light
/// and dark, printable. Sections without data are left out. All foreign text is escaped. The page
/// is well-formed XML too.
std::string render_report(const ReportData& data);

}  // namespace finetune::report
