#include "run/predictions.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/json.h"
#include "base/strings.h"

namespace finetune::run {

using nlohmann::json;

namespace {

constexpr float kLabelThreshold = 0.5F;

/// What a score shows in JSON: six digits are more than fp32 arithmetic agrees on.
double rounded(float score) { return std::round(static_cast<double>(score) * 1e6) / 1e6; }

std::vector<std::string> predicted_labels(tasks::Problem problem, const data::LabelMap& labels,
                                          std::span<const float> scores) {
  if (problem == tasks::Problem::kSingleLabel) {
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

tasks::PredictionSink ScoreTable::sink() {
  return [this](int64_t row, std::span<const float> scores) {
    std::ranges::copy(scores, scores_.begin() + static_cast<std::ptrdiff_t>(
                                                    static_cast<size_t>(row) * num_labels_));
  };
}

std::span<const float> ScoreTable::row(int64_t index) const {
  return std::span(scores_).subspan(static_cast<size_t>(index) * num_labels_, num_labels_);
}

json prediction_json(tasks::Problem problem, const data::LabelMap& labels,
                     std::span<const float> scores) {
  if (problem == tasks::Problem::kRegression) return {{"value", rounded(scores[0])}};
  json answer;
  const std::vector<std::string> chosen = predicted_labels(problem, labels, scores);
  if (problem == tasks::Problem::kSingleLabel) {
    answer["label"] = chosen[0];
  } else {
    answer["labels"] = chosen;
  }
  answer["scores"] = json::object();
  for (size_t id = 0; id < scores.size(); ++id)
    answer["scores"][labels.names()[id]] = rounded(scores[id]);
  return answer;
}

std::string prediction_text(tasks::Problem problem, const data::LabelMap& labels,
                            std::span<const float> scores) {
  if (problem == tasks::Problem::kRegression) return base::to_text(rounded(scores[0]));
  return base::join(predicted_labels(problem, labels, scores), ";");
}

namespace {

/// The label that a row was given: a name, a list of names, or a number.
json target_json(tasks::Problem problem, const data::Example& example) {
  if (problem == tasks::Problem::kMultiLabel) return example.labels;
  const std::string& label = example.labels.at(0);
  if (problem == tasks::Problem::kSingleLabel) return label;
  const std::optional<double> number = base::parse_double(label);
  return number ? json(*number) : json(label);
}

}  // namespace

std::string predictions_jsonl(const PredictionsFile& file) {
  std::string lines;
  const auto add = [&](int64_t row, const data::Example* example) {
    json line = {{"line", file.dataset.source_line(row)}};
    if (example != nullptr) {
      line["text"] = example->text;
      if (!example->text_pair.empty()) line["text_pair"] = example->text_pair;
      if (!example->labels.empty()) line["target"] = target_json(file.problem, *example);
    }
    line.update(prediction_json(file.problem, file.labels, file.scores.row(row)));
    lines += base::dump_json(line) + "\n";
  };
  if (file.data_path == "-") {
    for (int64_t row = 0; row < file.dataset.size(); ++row) add(row, nullptr);
  } else {
    data::visit_examples(file.data_path, file.read, file.dataset,
                         [&](int64_t row, const data::Example& example) { add(row, &example); });
  }
  return lines;
}

}  // namespace finetune::run
