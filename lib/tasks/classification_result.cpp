#include "tasks/classification_result.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "metrics/bootstrap.h"
#include "metrics/calibration.h"
#include "metrics/classification.h"
#include "metrics/mean.h"
#include "metrics/regression.h"

namespace finetune::tasks {

namespace {

double log_of(double probability) {
  return std::log(std::max(probability, std::numeric_limits<double>::min()));
}

/// Multi-label metrics take logits: a probability is above 1/2 where its logit is above 0.
std::vector<float> centred(std::span<const float> scores) {
  std::vector<float> values(scores.begin(), scores.end());
  for (float& value : values) value -= 0.5F;
  return values;
}

double example_loss(const ScoredSet& input, int64_t row) {
  const auto scores = input.scores.row(row);
  if (input.problem == Problem::kSingleLabel) {
    return -log_of(scores[static_cast<size_t>(input.dataset.class_id(row))]);
  }
  const auto targets = input.dataset.targets(row);
  double sum = 0.0;
  for (size_t i = 0; i < scores.size(); ++i) {
    const double score = scores[i];
    const double error = score - targets[i];
    const bool is_regression = input.problem == Problem::kRegression;
    sum +=
        is_regression ? error * error : -(targets[i] > 0.5F ? log_of(score) : log_of(1.0 - score));
  }
  return sum / static_cast<double>(scores.size());
}

bool is_labelled(const ScoredSet& input, int64_t row) {
  return input.problem == Problem::kSingleLabel ? input.dataset.class_id(row) >= 0
                                                : !input.dataset.targets(row).empty();
}

metrics::SingleLabelMetrics single_label(const ScoredSet& input, std::span<const int64_t> rows) {
  metrics::SingleLabelMetrics metrics(input.labels.size());
  for (const int64_t row : rows)
    metrics.add(input.dataset.class_id(row), predicted_class(input.scores.row(row)));
  return metrics;
}

metrics::MultiLabelMetrics multi_label(const ScoredSet& input, std::span<const int64_t> rows) {
  metrics::MultiLabelMetrics metrics(input.labels.size());
  for (const int64_t row : rows)
    metrics.add(input.dataset.targets(row), centred(input.scores.row(row)));
  return metrics;
}

metrics::RegressionMetrics regression(const ScoredSet& input, std::span<const int64_t> rows) {
  metrics::RegressionMetrics metrics;
  for (const int64_t row : rows)
    metrics.add(input.dataset.targets(row)[0], input.scores.row(row)[0]);
  return metrics;
}

metrics::Values values_of(const ScoredSet& input, std::span<const int64_t> rows) {
  metrics::Values values;
  if (input.problem == Problem::kSingleLabel) values = single_label(input, rows).values();
  if (input.problem == Problem::kMultiLabel) values = multi_label(input, rows).values();
  if (input.problem == Problem::kRegression) values = regression(input, rows).values();
  metrics::Mean loss;
  for (const int64_t row : rows) loss.add(example_loss(input, row), 1);
  values["loss"] = loss.value();
  return values;
}

std::vector<int64_t> labelled_rows(const ScoredSet& input) {
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < input.dataset.size(); ++row) {
    if (is_labelled(input, row)) rows.push_back(row);
  }
  return rows;
}

std::map<std::string, metrics::Interval> intervals_of(const ScoredSet& input,
                                                      const std::vector<int64_t>& rows) {
  const auto statistic = [&](std::span<const int64_t> sample) {
    std::vector<int64_t> chosen;
    chosen.reserve(sample.size());
    for (const int64_t index : sample) chosen.push_back(rows[static_cast<size_t>(index)]);
    return values_of(input, chosen);
  };
  return metrics::bootstrap_intervals(static_cast<int64_t>(rows.size()), statistic, {});
}

metrics::CalibrationError calibration_of(const ScoredSet& input, const std::vector<int64_t>& rows) {
  metrics::CalibrationError error;
  for (const int64_t row : rows) {
    const auto scores = input.scores.row(row);
    const int64_t predicted = predicted_class(scores);
    error.add(scores[static_cast<size_t>(predicted)], predicted == input.dataset.class_id(row));
  }
  return error;
}

}  // namespace

metrics::SplitResult judge_scores(const ScoredSet& input) {
  const std::vector<int64_t> rows = labelled_rows(input);
  metrics::SplitResult result;
  result.num_examples = static_cast<int64_t>(rows.size());
  result.intervals = intervals_of(input, rows);
  result.labels = input.labels.names();
  if (input.problem == Problem::kSingleLabel) {
    const metrics::SingleLabelMetrics metrics = single_label(input, rows);
    const metrics::CalibrationError calibration = calibration_of(input, rows);
    result.per_class = metrics.per_class();
    result.confusion = metrics.confusion();
    result.calibration = calibration.bins();
    result.values["calibration_error"] = calibration.value();
  } else if (input.problem == Problem::kMultiLabel) {
    result.per_class = multi_label(input, rows).per_class();
  }
  return result;
}

}  // namespace finetune::tasks
