#include "tasks/classification_answers.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "tasks/classification_result.h"

namespace finetune::tasks {

using nlohmann::json;

namespace {

constexpr float kLabelThreshold = 0.5F;

/// What a score shows in JSON: six digits are more than fp32 arithmetic agrees on.
double rounded(float score) { return std::round(static_cast<double>(score) * 1e6) / 1e6; }

std::vector<std::string> predicted_labels(Problem problem, const data::LabelMap& labels,
                                          std::span<const float> scores) {
  if (problem == Problem::kSingleLabel) {
    return {labels.names()[static_cast<size_t>(predicted_class(scores))]};
  }
  std::vector<std::string> chosen;
  for (size_t id = 0; id < scores.size(); ++id) {
    if (scores[id] > kLabelThreshold) chosen.push_back(labels.names()[id]);
  }
  return chosen;
}

}  // namespace

int64_t predicted_class(std::span<const float> scores) {
  return std::ranges::max_element(scores) - scores.begin();
}

ScoreTable::ScoreTable(int64_t num_rows, int64_t num_labels)
    : num_labels_(static_cast<size_t>(num_labels)),
      scores_(static_cast<size_t>(num_rows) * num_labels_) {}

void ScoreTable::set(int64_t index, std::span<const float> scores) {
  std::ranges::copy(scores, scores_.begin() + static_cast<std::ptrdiff_t>(
                                                  static_cast<size_t>(index) * num_labels_));
}

std::span<const float> ScoreTable::row(int64_t index) const {
  return std::span(scores_).subspan(static_cast<size_t>(index) * num_labels_, num_labels_);
}

json prediction_json(Problem problem, const data::LabelMap& labels, std::span<const float> scores) {
  if (problem == Problem::kRegression) return {{"value", rounded(scores[0])}};
  json answer;
  const std::vector<std::string> chosen = predicted_labels(problem, labels, scores);
  if (problem == Problem::kSingleLabel) {
    answer["label"] = chosen[0];
  } else {
    answer["labels"] = chosen;
  }
  answer["scores"] = json::object();
  for (size_t id = 0; id < scores.size(); ++id)
    answer["scores"][labels.names()[id]] = rounded(scores[id]);
  return answer;
}

std::string prediction_text(Problem problem, const data::LabelMap& labels,
                            std::span<const float> scores) {
  if (problem == Problem::kRegression) return base::to_text(rounded(scores[0]));
  return base::join(predicted_labels(problem, labels, scores), ";");
}

ClassificationAnswers::ClassificationAnswers(Problem problem, data::LabelMap labels,
                                             ScoreTable scores)
    : problem_(problem), labels_(std::move(labels)), scores_(std::move(scores)) {}

json ClassificationAnswers::to_json(int64_t row) const {
  return prediction_json(problem_, labels_, scores_.row(row));
}

std::string ClassificationAnswers::to_text(int64_t row) const {
  return prediction_text(problem_, labels_, scores_.row(row));
}

json ClassificationAnswers::expected_json(const data::Example& example) const {
  if (problem_ == Problem::kMultiLabel && !example.labels.empty()) return example.labels;
  if (example.labels.empty()) return nullptr;
  const std::string& label = example.labels.at(0);
  if (problem_ == Problem::kSingleLabel) return label;
  const std::optional<double> number = base::parse_double(label);
  return number ? json(*number) : json(label);
}

metrics::SplitResult ClassificationAnswers::judge(const data::EncodedDataset& dataset) const {
  return judge_scores({problem_, labels_, dataset, scores_});
}

std::vector<WrongRow> ClassificationAnswers::wrong_rows(const data::EncodedDataset& dataset,
                                                        size_t max_count) const {
  if (problem_ != Problem::kSingleLabel) return {};
  std::vector<WrongRow> wrong;
  for (int64_t row = 0; row < dataset.size(); ++row) {
    const auto scores = scores_.row(row);
    const int64_t predicted = predicted_class(scores);
    const int64_t expected = dataset.class_id(row);
    if (expected < 0 || predicted == expected) continue;
    wrong.push_back({row, scores[static_cast<size_t>(predicted)],
                     labels_.names()[static_cast<size_t>(expected)],
                     labels_.names()[static_cast<size_t>(predicted)]});
  }
  std::ranges::stable_sort(wrong, std::ranges::greater(), &WrongRow::confidence);
  wrong.resize(std::min(wrong.size(), max_count));
  return wrong;
}

}  // namespace finetune::tasks
