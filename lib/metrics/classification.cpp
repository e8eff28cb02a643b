#include "metrics/classification.h"

#include <cmath>
#include <string>

#include "base/error.h"

namespace finetune::metrics {
namespace {

std::optional<double> ratio(double numerator, double denominator) {
  if (denominator == 0.0) return std::nullopt;
  return numerator / denominator;
}

ClassScores scores_of(int64_t true_positives, int64_t predicted, int64_t support) {
  const auto hits = static_cast<double>(true_positives);
  ClassScores scores;
  scores.precision = ratio(hits, static_cast<double>(predicted));
  scores.recall = ratio(hits, static_cast<double>(support));
  scores.f1 = ratio(2 * hits, static_cast<double>(predicted + support));
  scores.support = support;
  scores.num_predicted = predicted;
  return scores;
}

/// Mean over classes that occur in targets or predictions, an undefined part counting as 0.
std::optional<double> macro(const std::vector<ClassScores>& classes,
                            std::optional<double> ClassScores::*part) {
  double sum = 0.0;
  int64_t count = 0;
  for (const ClassScores& scores : classes) {
    if (scores.support == 0 && scores.num_predicted == 0) continue;
    sum += (scores.*part).value_or(0.0);
    ++count;
  }
  return ratio(sum, static_cast<double>(count));
}

std::optional<double> weighted_f1(const std::vector<ClassScores>& classes) {
  double sum = 0.0;
  double total = 0.0;
  for (const ClassScores& scores : classes) {
    sum += scores.f1.value_or(0.0) * static_cast<double>(scores.support);
    total += static_cast<double>(scores.support);
  }
  return ratio(sum, total);
}

/// (correct * n - sum_k predicted_k support_k) over the root of the two variances (times n^2).
std::optional<double> matthews(const std::vector<ClassScores>& classes, int64_t num_correct,
                               int64_t num_examples) {
  const auto n = static_cast<double>(num_examples);
  double chance = 0.0;
  double predicted_squares = 0.0;
  double support_squares = 0.0;
  for (const ClassScores& scores : classes) {
    const auto predicted = static_cast<double>(scores.num_predicted);
    const auto support = static_cast<double>(scores.support);
    chance += predicted * support;
    predicted_squares += predicted * predicted;
    support_squares += support * support;
  }
  return ratio(static_cast<double>(num_correct) * n - chance,
               std::sqrt(n * n - predicted_squares) * std::sqrt(n * n - support_squares));
}

}  // namespace

SingleLabelMetrics::SingleLabelMetrics(int64_t num_classes)
    : num_classes_(num_classes), confusion_(static_cast<size_t>(num_classes * num_classes)) {}

void SingleLabelMetrics::add(int64_t target, int64_t predicted) {
  if (target < 0 || target >= num_classes_ || predicted < 0 || predicted >= num_classes_) {
    throw InternalError("target " + std::to_string(target) + " and prediction " +
                        std::to_string(predicted) + " must lie in [0, " +
                        std::to_string(num_classes_) + ")");
  }
  ++confusion_[static_cast<size_t>(target * num_classes_ + predicted)];
}

void SingleLabelMetrics::merge(const SingleLabelMetrics& other) {
  if (other.num_classes_ != num_classes_) {
    throw InternalError("cannot merge metrics over different numbers of classes");
  }
  for (size_t i = 0; i < confusion_.size(); ++i) confusion_[i] += other.confusion_[i];
}

int64_t SingleLabelMetrics::num_examples() const {
  int64_t total = 0;
  for (const int64_t count : confusion_) total += count;
  return total;
}

std::vector<ClassScores> SingleLabelMetrics::per_class() const {
  const auto classes = static_cast<size_t>(num_classes_);
  std::vector<ClassScores> out;
  for (size_t k = 0; k < classes; ++k) {
    int64_t predicted = 0;
    int64_t support = 0;
    for (size_t other = 0; other < classes; ++other) {
      predicted += confusion_[other * classes + k];
      support += confusion_[k * classes + other];
    }
    out.push_back(scores_of(confusion_[k * classes + k], predicted, support));
  }
  return out;
}

Values SingleLabelMetrics::values() const {
  const std::vector<ClassScores> classes = per_class();
  int64_t num_correct = 0;
  for (int64_t k = 0; k < num_classes_; ++k) {
    num_correct += confusion_[static_cast<size_t>(k * num_classes_ + k)];
  }
  const int64_t count = num_examples();
  Values values;
  values["accuracy"] = ratio(static_cast<double>(num_correct), static_cast<double>(count));
  values["macro_precision"] = macro(classes, &ClassScores::precision);
  values["macro_recall"] = macro(classes, &ClassScores::recall);
  values["macro_f1"] = macro(classes, &ClassScores::f1);
  values["weighted_f1"] = weighted_f1(classes);
  values["matthews_correlation"] = matthews(classes, num_correct, count);
  if (num_classes_ == 2) {
    values["precision"] = classes[1].precision;
    values["recall"] = classes[1].recall;
    values["f1"] = classes[1].f1;
  }
  return values;
}

MultiLabelMetrics::MultiLabelMetrics(int64_t num_labels)
    : counts_(static_cast<size_t>(num_labels)) {}

void MultiLabelMetrics::add(std::span<const float> targets, std::span<const float> logits) {
  if (targets.size() != counts_.size() || logits.size() != counts_.size()) {
    throw InternalError("targets and logits must hold one number for each of " +
                        std::to_string(counts_.size()) + " labels");
  }
  bool is_exact = true;
  for (size_t k = 0; k < counts_.size(); ++k) {
    const bool is_target = targets[k] > 0.5F;
    const bool is_predicted = logits[k] > 0.0F;
    counts_[k].true_positives += is_target && is_predicted;
    counts_[k].predicted += is_predicted;
    counts_[k].support += is_target;
    is_exact = is_exact && is_target == is_predicted;
  }
  ++num_examples_;
  num_exact_ += is_exact;
}

void MultiLabelMetrics::merge(const MultiLabelMetrics& other) {
  if (other.counts_.size() != counts_.size()) {
    throw InternalError("cannot merge metrics over different numbers of labels");
  }
  for (size_t k = 0; k < counts_.size(); ++k) {
    counts_[k].true_positives += other.counts_[k].true_positives;
    counts_[k].predicted += other.counts_[k].predicted;
    counts_[k].support += other.counts_[k].support;
  }
  num_examples_ += other.num_examples_;
  num_exact_ += other.num_exact_;
}

std::vector<ClassScores> MultiLabelMetrics::per_class() const {
  std::vector<ClassScores> out;
  for (const Counts& counts : counts_) {
    out.push_back(scores_of(counts.true_positives, counts.predicted, counts.support));
  }
  return out;
}

Values MultiLabelMetrics::values() const {
  Counts total;
  for (const Counts& counts : counts_) {
    total.true_positives += counts.true_positives;
    total.predicted += counts.predicted;
    total.support += counts.support;
  }
  Values values;
  values["micro_f1"] = scores_of(total.true_positives, total.predicted, total.support).f1;
  values["macro_f1"] = macro(per_class(), &ClassScores::f1);
  values["exact_match"] =
      ratio(static_cast<double>(num_exact_), static_cast<double>(num_examples_));
  return values;
}

}  // namespace finetune::metrics
