#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "data/dataset.h"
#include "data/label_map.h"
#include "metrics/metric.h"
#include "run/predictions.h"
#include "tasks/classification.h"

namespace finetune::run {

struct EvaluationInput {
  tasks::Problem problem;
  const data::LabelMap& labels;
  const data::EncodedDataset& dataset;
  const ScoreTable& scores;
  const metrics::Values& values;  ///< of the whole set, with "loss"
};

/// The full report of an evaluation:
///   {"num_examples", "metrics": {name: {"value", "low", "high"}},          95 % bootstrap
///   intervals
///    "per_class": [{"label", "precision", "recall", "f1", "support"}],      classification
///    "confusion_matrix": {"labels": [...], "counts": [[...]]},               single label, row =
///    target "calibration_error"}                                                    single label
nlohmann::json evaluation_report(const EvaluationInput& input);

/// The same as a table for people.
std::string evaluation_text(const nlohmann::json& report);

}  // namespace finetune::run
