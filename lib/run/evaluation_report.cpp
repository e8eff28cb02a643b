#include "run/evaluation_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "base/strings.h"
#include "metrics/bootstrap.h"
#include "metrics/calibration.h"
#include "metrics/classification.h"
#include "metrics/mean.h"
#include "metrics/regression.h"

namespace finetune::run {

using nlohmann::json;

namespace {

int64_t predicted_class(std::span<const float> scores) {
  return std::ranges::max_element(scores) - scores.begin();
}

double log_of(double probability) {
  return std::log(std::max(probability, std::numeric_limits<double>::min()));
}

/// Multi-label metrics take logits: a probability is above 1/2 where its logit is above 0.
std::vector<float> centred(std::span<const float> scores) {
  std::vector<float> values(scores.begin(), scores.end());
  for (float& value : values) value -= 0.5F;
  return values;
}

double example_loss(const EvaluationInput& input, int64_t row) {
  const auto scores = input.scores.row(row);
  if (input.problem == tasks::Problem::kSingleLabel) {
    return -log_of(scores[static_cast<size_t>(input.dataset.class_id(row))]);
  }
  const auto targets = input.dataset.targets(row);
  double sum = 0.0;
  for (size_t i = 0; i < scores.size(); ++i) {
    const double score = scores[i];
    const double error = score - targets[i];
    const bool is_regression = input.problem == tasks::Problem::kRegression;
    sum +=
        is_regression ? error * error : -(targets[i] > 0.5F ? log_of(score) : log_of(1.0 - score));
  }
  return sum / static_cast<double>(scores.size());
}

bool is_labelled(const EvaluationInput& input, int64_t row) {
  return input.problem == tasks::Problem::kSingleLabel ? input.dataset.class_id(row) >= 0
                                                       : !input.dataset.targets(row).empty();
}

metrics::SingleLabelMetrics single_label(const EvaluationInput& input,
                                         std::span<const int64_t> rows) {
  metrics::SingleLabelMetrics metrics(input.labels.size());
  for (const int64_t row : rows)
    metrics.add(input.dataset.class_id(row), predicted_class(input.scores.row(row)));
  return metrics;
}

metrics::MultiLabelMetrics multi_label(const EvaluationInput& input,
                                       std::span<const int64_t> rows) {
  metrics::MultiLabelMetrics metrics(input.labels.size());
  for (const int64_t row : rows)
    metrics.add(input.dataset.targets(row), centred(input.scores.row(row)));
  return metrics;
}

metrics::RegressionMetrics regression(const EvaluationInput& input, std::span<const int64_t> rows) {
  metrics::RegressionMetrics metrics;
  for (const int64_t row : rows)
    metrics.add(input.dataset.targets(row)[0], input.scores.row(row)[0]);
  return metrics;
}

metrics::Values values_of(const EvaluationInput& input, std::span<const int64_t> rows) {
  metrics::Values values;
  if (input.problem == tasks::Problem::kSingleLabel) values = single_label(input, rows).values();
  if (input.problem == tasks::Problem::kMultiLabel) values = multi_label(input, rows).values();
  if (input.problem == tasks::Problem::kRegression) values = regression(input, rows).values();
  metrics::Mean loss;
  for (const int64_t row : rows) loss.add(example_loss(input, row), 1);
  values["loss"] = loss.value();
  return values;
}

json or_null(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

json metrics_json(const EvaluationInput& input, const std::vector<int64_t>& rows) {
  const auto statistic = [&](std::span<const int64_t> sample) {
    std::vector<int64_t> chosen;
    chosen.reserve(sample.size());
    for (const int64_t index : sample) chosen.push_back(rows[static_cast<size_t>(index)]);
    return values_of(input, chosen);
  };
  const auto intervals =
      metrics::bootstrap_intervals(static_cast<int64_t>(rows.size()), statistic, {});
  json object = json::object();
  for (const auto& [name, value] : input.values) {
    object[name] = {{"value", or_null(value)}};
    const auto interval = intervals.find(name);
    if (interval == intervals.end()) continue;
    object[name]["low"] = interval->second.low;
    object[name]["high"] = interval->second.high;
  }
  return object;
}

json per_class_json(const std::vector<metrics::ClassScores>& classes,
                    const data::LabelMap& labels) {
  json list = json::array();
  for (size_t id = 0; id < classes.size(); ++id) {
    list.push_back({{"label", labels.names()[id]},
                    {"precision", or_null(classes[id].precision)},
                    {"recall", or_null(classes[id].recall)},
                    {"f1", or_null(classes[id].f1)},
                    {"support", classes[id].support}});
  }
  return list;
}

json confusion_json(const std::vector<int64_t>& counts, const data::LabelMap& labels) {
  const auto num_classes = static_cast<size_t>(labels.size());
  json rows = json::array();
  for (size_t target = 0; target < num_classes; ++target) {
    const auto begin = counts.begin() + static_cast<std::ptrdiff_t>(target * num_classes);
    rows.push_back(std::vector<int64_t>(begin, begin + static_cast<std::ptrdiff_t>(num_classes)));
  }
  return {{"labels", labels.names()}, {"counts", rows}};
}

std::optional<double> calibration_error(const EvaluationInput& input,
                                        const std::vector<int64_t>& rows) {
  metrics::CalibrationError error;
  for (const int64_t row : rows) {
    const auto scores = input.scores.row(row);
    const int64_t predicted = predicted_class(scores);
    error.add(scores[static_cast<size_t>(predicted)], predicted == input.dataset.class_id(row));
  }
  return error.value();
}

std::string cell(const json& value, int digits = 4) {
  if (!value.is_number()) return "-";
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value.get<double>());
  return text.data();
}

std::string padded(const std::string& text, size_t width) {
  return text + std::string(width > text.size() ? width - text.size() : 0, ' ');
}

std::string per_class_text(const json& classes) {
  std::string text = "\n" + padded("label", 20) + padded("precision", 11) + padded("recall", 11) +
                     padded("f1", 11) + "support\n";
  for (const json& entry : classes) {
    text += padded(base::quote(entry.at("label").get<std::string>(), 18), 20) +
            padded(cell(entry.at("precision")), 11) + padded(cell(entry.at("recall")), 11) +
            padded(cell(entry.at("f1")), 11) + cell(entry.at("support"), 0) + "\n";
  }
  return text;
}

std::string confusion_text(const json& matrix) {
  std::string text = "\nconfusion matrix (rows: target, columns: prediction)\n" + padded("", 20);
  for (const json& label : matrix.at("labels"))
    text += padded(base::quote(label.get<std::string>(), 10), 13);
  text += "\n";
  for (size_t target = 0; target < matrix.at("labels").size(); ++target) {
    text += padded(base::quote(matrix.at("labels")[target].get<std::string>(), 18), 20);
    for (const json& count : matrix.at("counts")[target]) text += padded(cell(count, 0), 13);
    text += "\n";
  }
  return text;
}

}  // namespace

json evaluation_report(const EvaluationInput& input) {
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < input.dataset.size(); ++row) {
    if (is_labelled(input, row)) rows.push_back(row);
  }
  json report = {{"num_examples", rows.size()}, {"metrics", metrics_json(input, rows)}};
  if (input.problem == tasks::Problem::kSingleLabel) {
    const metrics::SingleLabelMetrics metrics = single_label(input, rows);
    report["per_class"] = per_class_json(metrics.per_class(), input.labels);
    report["confusion_matrix"] = confusion_json(metrics.confusion(), input.labels);
    report["calibration_error"] = or_null(calibration_error(input, rows));
  } else if (input.problem == tasks::Problem::kMultiLabel) {
    report["per_class"] = per_class_json(multi_label(input, rows).per_class(), input.labels);
  }
  return report;
}

std::string evaluation_text(const json& report) {
  std::string text = base::cat(report.at("num_examples").get<int64_t>(), " examples\n\n",
                               padded("metric", 24), padded("value", 11), "95 % interval\n");
  for (const auto& [name, metric] : report.at("metrics").items()) {
    text += padded(name, 24) + padded(cell(metric.at("value")), 11);
    if (metric.contains("low")) text += cell(metric.at("low")) + " - " + cell(metric.at("high"));
    text += "\n";
  }
  if (report.contains("calibration_error")) {
    text += padded("calibration error", 24) + cell(report.at("calibration_error")) + "\n";
  }
  if (report.contains("per_class")) text += per_class_text(report.at("per_class"));
  if (report.contains("confusion_matrix") &&
      report.at("confusion_matrix").at("labels").size() <= 12) {
    text += confusion_text(report.at("confusion_matrix"));
  }
  return text;
}

}  // namespace finetune::run
