#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "data/label_map.h"
#include "tasks/classification.h"
#include "tasks/task.h"

namespace finetune::tasks {

/// The scores of a data set by row.
class ScoreTable {
 public:
  ScoreTable(int64_t num_rows, int64_t num_labels);

  void set(int64_t index, std::span<const float> scores);
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
nlohmann::json prediction_json(Problem problem, const data::LabelMap& labels,
                               std::span<const float> scores);

/// The same for people: the label, the labels separated by ";", or the value.
std::string prediction_text(Problem problem, const data::LabelMap& labels,
                            std::span<const float> scores);

/// Scores as answers.
class ClassificationAnswers final : public Answers {
 public:
  ClassificationAnswers(Problem problem, data::LabelMap labels, ScoreTable scores);

  nlohmann::json to_json(int64_t row) const override;
  std::string to_text(int64_t row) const override;
  nlohmann::json expected_json(const data::Example& example) const override;
  metrics::SplitResult judge(const data::EncodedDataset& dataset) const override;
  std::vector<WrongRow> wrong_rows(const data::EncodedDataset& dataset,
                                   size_t max_count) const override;

  ScoreTable& scores() { return scores_; }
  const ScoreTable& scores() const { return scores_; }

 private:
  Problem problem_;
  data::LabelMap labels_;
  ScoreTable scores_;
};

}  // namespace finetune::tasks
