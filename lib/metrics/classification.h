#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "metrics/metric.h"

namespace finetune::metrics {

/// How well one class (or one label of many) was found. With tp, fp, fn its true positives, false
/// positives and false negatives:
///   precision = tp / (tp + fp), recall = tp / (tp + fn), f1 = 2 tp / (2 tp + fp + fn);
/// each nothing where its divisor is 0.
struct ClassScores {
  std::optional<double> precision;
  std::optional<double> recall;
  std::optional<double> f1;
  int64_t support = 0;        ///< examples that have it
  int64_t num_predicted = 0;  ///< examples said to have it
};

/// Metrics of a classifier that gives every example one of C classes, from its confusion counts:
/// constant memory, exact however the examples are cut into batches.
///
/// values(): "accuracy" (which is micro F1 too), "macro_precision", "macro_recall", "macro_f1",
/// "weighted_f1" (weights: support), "matthews_correlation" (Gorodkin 2004 for C > 2) and, with two
/// classes, "precision", "recall", "f1" of the second class, as Hugging Face users expect.
/// Averages are scikit-learn's: a class that occurs neither in targets nor in predictions is left
/// out, any other undefined part counts as 0. "matthews_correlation" is nothing where targets or
/// predictions are all alike (scikit-learn says 0).
class SingleLabelMetrics {
 public:
  explicit SingleLabelMetrics(int64_t num_classes);

  /// Throws InternalError for a class outside [0, C).
  void add(int64_t target, int64_t predicted);
  void merge(const SingleLabelMetrics& other);
  Values values() const;

  std::vector<ClassScores> per_class() const;                           ///< [C]
  const std::vector<int64_t>& confusion() const { return confusion_; }  ///< [C, C], row = target
  int64_t num_examples() const;

 private:
  int64_t num_classes_;
  std::vector<int64_t> confusion_;
};

/// Metrics of a classifier that gives every example any number of C labels; a label is predicted
/// where its logit is > 0 (probability > 1/2).
///
/// values(): "micro_f1", "macro_f1" (over labels that occur in targets or predictions) and
/// "exact_match", the share of examples with every label right (scikit-learn's accuracy).
class MultiLabelMetrics {
 public:
  explicit MultiLabelMetrics(int64_t num_labels);

  /// targets [C] of 0 or 1, logits [C].
  void add(std::span<const float> targets, std::span<const float> logits);
  void merge(const MultiLabelMetrics& other);
  Values values() const;

  std::vector<ClassScores> per_class() const;  ///< [C]
  int64_t num_examples() const { return num_examples_; }

 private:
  struct Counts {
    int64_t true_positives = 0;
    int64_t predicted = 0;
    int64_t support = 0;
  };
  std::vector<Counts> counts_;  ///< [C]
  int64_t num_examples_ = 0;
  int64_t num_exact_ = 0;
};

}  // namespace finetune::metrics
