#pragma once

#include <memory>
#include <string_view>

#include "data/label_map.h"
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
/// RegressionMetrics; answers are ClassificationAnswers of softmax, sigmoid or the plain values,
/// [C]. An evaluation throws DivergedError where scores are NaN or infinite.
class ClassificationTask final : public Task {
 public:
  /// `labels` name the classes in answers; there are none in a regression.
  ClassificationTask(models::SequenceClassifier& model, Problem problem, int64_t num_labels,
                     data::LabelMap labels = {});

  LossSum loss(const data::Batch& batch, const nn::Pass& pass) override;
  std::unique_ptr<Evaluation> start_evaluation(const EvaluationRequest& request) override;

 private:
  models::SequenceClassifier& model_;
  Problem problem_;
  int64_t num_labels_;
  data::LabelMap labels_;
};

}  // namespace finetune::tasks
