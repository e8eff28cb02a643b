#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "data/label_map.h"
#include "data/prepare.h"
#include "tasks/classification.h"
#include "tasks/task.h"

namespace finetune::run {

/// The scores of a data set by row, gathered from an evaluation.
class ScoreTable {
 public:
  ScoreTable(int64_t num_rows, int64_t num_labels);

  tasks::PredictionSink sink();
  std::span<const float> row(int64_t index) const;

 private:
  size_t num_labels_;
  std::vector<float> scores_;  ///< [rows, C]
};

/// The class with the highest score; the first of equals.
int64_t predicted_class(std::span<const float> scores);

/// The answer to one example as a program reads it:
///   single label  {"label": "positive", "scores": {"negative": 0.02, "positive": 0.98}}
///   multi label   {"labels": ["a", "c"], "scores": {...}}        (score > 1/2)
///   regression    {"value": 2.3}
nlohmann::json prediction_json(tasks::Problem problem, const data::LabelMap& labels,
                               std::span<const float> scores);

/// The same for people: the label, the labels separated by ";", or the value.
std::string prediction_text(tasks::Problem problem, const data::LabelMap& labels,
                            std::span<const float> scores);

/// predictions/<split>.jsonl: line, text, the label given and the prediction of every row, in file
/// order. Data read from a stream cannot be read again: then the texts are left out.
struct PredictionsFile {
  std::string data_path;
  data::ReadOptions read;
  const data::EncodedDataset& dataset;
  const ScoreTable& scores;
  tasks::Problem problem;
  const data::LabelMap& labels;
};
std::string predictions_jsonl(const PredictionsFile& file);

}  // namespace finetune::run
