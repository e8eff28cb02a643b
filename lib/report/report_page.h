#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "metrics/split_result.h"
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

using metrics::SplitResult;

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
