#pragma once

#include <string>

#include "data/dataset.h"
#include "data/label_map.h"
#include "metrics/metric.h"
#include "report/report_page.h"
#include "run/predictions.h"
#include "tasks/classification.h"

namespace finetune::run {

struct JudgedSplit {
  std::string split;
  tasks::Problem problem;
  const data::LabelMap& labels;
  const data::EncodedDataset& dataset;
  const ScoreTable& scores;
  const metrics::Values& values;  ///< of the whole set, with "loss"
};

/// How a model did on a split: the metrics with 95 % bootstrap intervals, scores of each class,
/// confusion counts and calibration (single label; its error stands among the metrics as
/// "calibration_error"). Rows without a label do not count.
report::SplitResult judge_split(const JudgedSplit& split);

}  // namespace finetune::run
