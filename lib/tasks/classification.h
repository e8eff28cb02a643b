#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "models/model.h"
#include "tasks/task.h"

namespace finetune::tasks {

/// What a sequence is scored for; Hugging Face's problem_type.
enum class Problem { kSingleLabel, kMultiLabel, kRegression };

/// "single_label", "multi_label", "regression" (as a config spells them); throws ConfigError for
/// another word.
Problem problem_from(std::string_view name);
std::string_view name_of(Problem problem);

/// "single_label_classification", ... as config.json spells them.
std::string_view hugging_face_name_of(Problem problem);

/// Scores whole sequences with a head over C labels. Losses, with sums over the targets of a batch:
///   single label  cross-entropy of softmax(logits); one target a labelled sequence
///   multi label   binary cross-entropy of sigmoid(logits); C targets a sequence
///   regression    squared error of logits; C targets a sequence
/// Evaluation gives "loss" beside the values of metrics::SingleLabelMetrics, MultiLabelMetrics or
/// RegressionMetrics; the sink gets softmax, sigmoid or the plain values, [C].
class ClassificationTask final : public Task {
 public:
  ClassificationTask(models::SequenceClassifier& model, Problem problem, int64_t num_labels);

  LossSum loss(const data::Batch& batch, const nn::Pass& pass) override;
  std::unique_ptr<Evaluation> start_evaluation(PredictionSink sink) override;

 private:
  models::SequenceClassifier& model_;
  Problem problem_;
  int64_t num_labels_;
};

}  // namespace finetune::tasks
