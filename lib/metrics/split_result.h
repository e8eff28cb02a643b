#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "metrics/bootstrap.h"
#include "metrics/calibration.h"
#include "metrics/classification.h"
#include "metrics/metric.h"

namespace finetune::metrics {

/// How a model did on one split.
struct SplitResult {
  std::string split;
  int64_t num_examples = 0;
  Values values;
  std::map<std::string, Interval> intervals;       ///< 95 %, of the metrics that have one
  std::vector<std::string> labels;                 ///< [C]; empty where there are no classes
  std::vector<ClassScores> per_class;              ///< [C] or empty
  std::vector<int64_t> confusion;                  ///< [C, C], row = target; or empty
  std::vector<CalibrationError::Bin> calibration;  ///< or empty
};

}  // namespace finetune::metrics
