#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "metrics/bootstrap.h"
#include "metrics/calibration.h"
#include "metrics/classification.h"
#include "metrics/metric.h"

namespace finetune::metrics {

/// How a metric of texts was computed.
struct MetricNote {
  std::string signature;  ///< as sacreBLEU's
  std::string details;    ///< what sacreBLEU prints behind the score; often empty
};

/// How a model did on texts of like length.
struct LengthGroup {
  int64_t least = 0;            ///< tokens of the text that the model reads
  std::optional<int64_t> most;  ///< nothing: any number
  int64_t num_examples = 0;
  Values values;
};

/// How a model did on one split.
struct SplitResult {
  std::string split;
  int64_t num_examples = 0;
  Values values;
  std::map<std::string, Interval> intervals;       ///< 95 %, of the metrics that have one
  std::map<std::string, MetricNote> notes;         ///< of the metrics that have one
  std::vector<LengthGroup> by_length;              ///< shortest first; or empty
  std::vector<std::string> labels;                 ///< [C]; empty where there are no classes
  std::vector<ClassScores> per_class;              ///< [C] or empty
  std::vector<int64_t> confusion;                  ///< [C, C], row = target; or empty
  std::vector<CalibrationError::Bin> calibration;  ///< or empty
};

}  // namespace finetune::metrics
