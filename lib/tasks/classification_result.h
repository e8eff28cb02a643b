#pragma once

#include "data/dataset.h"
#include "data/label_map.h"
#include "metrics/split_result.h"
#include "tasks/classification_answers.h"

namespace finetune::tasks {

struct ScoredSet {
  Problem problem;
  const data::LabelMap& labels;
  const data::EncodedDataset& dataset;
  const ScoreTable& scores;
};

/// How a classifier did on a data set: 95 % bootstrap intervals of its metrics, scores of each
/// class, confusion counts and calibration (single label; its error stands among the values as
/// "calibration_error"). Rows without a label do not count.
metrics::SplitResult judge_scores(const ScoredSet& set);

}  // namespace finetune::tasks
