#include "tasks/classification.h"

#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/softmax.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/strings.h"
#include "kernels/ops.h"
#include "metrics/classification.h"
#include "metrics/mean.h"
#include "metrics/regression.h"
#include "tasks/classification_answers.h"
#include "tasks/token_batch.h"

namespace finetune::tasks {

namespace {

struct ProblemNames {
  Problem problem;
  std::string_view ours;
  std::string_view theirs;
};
constexpr std::array kProblems = {
    ProblemNames{Problem::kSingleLabel, "single_label", "single_label_classification"},
    ProblemNames{Problem::kMultiLabel, "multi_label", "multi_label_classification"},
    ProblemNames{Problem::kRegression, "regression", "regression"},
};

const ProblemNames& names_of(Problem problem) {
  return *std::ranges::find(kProblems, problem, &ProblemNames::problem);
}

at::Tensor target_tensor(const std::vector<float>& targets, at::IntArrayRef shape) {
  at::Tensor tensor = at::empty(shape, at::kFloat);
  std::ranges::copy(targets, tensor.mutable_data_ptr<float>());
  return tensor;
}

/// Loss of logits [B, C]; a batch without targets covers none.
LossSum loss_of(Problem problem, const at::Tensor& logits, const data::Batch& batch) {
  if (problem == Problem::kSingleLabel) {
    const auto labelled =
        std::ranges::count_if(batch.class_ids, [](int64_t id) { return id >= 0; });
    return {kernels::cross_entropy_sum(logits, to_tensor(batch.class_ids)), labelled};
  }
  if (batch.targets.empty()) return {logits.sum().mul(0.0), 0};
  const at::Tensor targets = target_tensor(batch.targets, logits.sizes());
  const at::Tensor sum =
      problem == Problem::kMultiLabel
          ? at::binary_cross_entropy_with_logits(logits, targets, {}, {}, at::Reduction::Sum)
          : at::mse_loss(logits, targets, at::Reduction::Sum);
  return {sum, logits.numel()};
}

at::Tensor scores_of(Problem problem, const at::Tensor& logits) {
  if (problem == Problem::kSingleLabel) return at::softmax(logits, -1);
  if (problem == Problem::kMultiLabel) return at::sigmoid(logits);
  return logits;
}

std::span<const float> row_of(const at::Tensor& matrix, int64_t row) {
  const auto width = static_cast<size_t>(matrix.size(1));
  return {matrix.const_data_ptr<float>() + static_cast<size_t>(row) * width, width};
}

using AnyMetrics = std::variant<metrics::SingleLabelMetrics, metrics::MultiLabelMetrics,
                                metrics::RegressionMetrics>;

AnyMetrics metrics_for(Problem problem, int64_t num_labels) {
  if (problem == Problem::kSingleLabel) return metrics::SingleLabelMetrics(num_labels);
  if (problem == Problem::kMultiLabel) return metrics::MultiLabelMetrics(num_labels);
  return metrics::RegressionMetrics();
}

/// Answers and metrics of such scores would look like any others.
void check_finite(const at::Tensor& logits) {
  const std::span values(logits.const_data_ptr<float>(), static_cast<size_t>(logits.numel()));
  if (std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) return;
  throw DivergedError(
      "the model's scores of a text are NaN or infinite: its weights are damaged, or training "
      "diverged");
}

class ClassificationEvaluation final : public Evaluation {
 public:
  ClassificationEvaluation(models::SequenceClassifier& model, Problem problem, int64_t num_labels,
                           std::unique_ptr<ClassificationAnswers> answers)
      : model_(model),
        problem_(problem),
        metrics_(metrics_for(problem, num_labels)),
        answers_(std::move(answers)) {}

  void add(const data::Batch& batch) override {
    const at::Tensor logits =
        model_.logits(to_token_batch(batch), nn::Pass{}).contiguous();  // [B, C]
    check_finite(logits);
    const LossSum loss = loss_of(problem_, logits, batch);
    loss_.add(loss.sum.item<double>(), loss.num_targets);
    for (int64_t b = 0; b < batch.num_sequences(); ++b) count(batch, b, row_of(logits, b));
    if (!answers_) return;
    const at::Tensor scores = scores_of(problem_, logits).contiguous();
    for (int64_t b = 0; b < batch.num_sequences(); ++b) {
      answers_->scores().set(batch.example_indices[static_cast<size_t>(b)], row_of(scores, b));
    }
  }

  metrics::Values values() const override {
    metrics::Values values =
        std::visit([](const auto& metrics) { return metrics.values(); }, metrics_);
    values["loss"] = loss_.value();
    return values;
  }

  std::unique_ptr<Answers> take_answers() override { return std::move(answers_); }

 private:
  void count(const data::Batch& batch, int64_t b, std::span<const float> logits) {
    const auto row = static_cast<size_t>(b);
    if (auto* single = std::get_if<metrics::SingleLabelMetrics>(&metrics_)) {
      if (batch.class_ids[row] < 0) return;
      single->add(batch.class_ids[row], std::ranges::max_element(logits) - logits.begin());
      return;
    }
    if (batch.targets.empty()) return;
    const std::span<const float> targets =
        std::span(batch.targets).subspan(row * logits.size(), logits.size());
    if (auto* multi = std::get_if<metrics::MultiLabelMetrics>(&metrics_)) {
      multi->add(targets, logits);
    } else {
      std::get<metrics::RegressionMetrics>(metrics_).add(targets[0], logits[0]);
    }
  }

  models::SequenceClassifier& model_;
  Problem problem_;
  AnyMetrics metrics_;
  metrics::Mean loss_;
  std::unique_ptr<ClassificationAnswers> answers_;  ///< null: none are wanted
};

}  // namespace

Problem problem_from(std::string_view name) {
  const auto found = std::ranges::find(kProblems, name, &ProblemNames::ours);
  if (found == kProblems.end()) {
    throw ConfigError(base::cat("task.problem is ", base::quote(name),
                                "; expected single_label, multi_label or regression"));
  }
  return found->problem;
}

std::string_view name_of(Problem problem) { return names_of(problem).ours; }

std::string_view hugging_face_name_of(Problem problem) { return names_of(problem).theirs; }

ClassificationTask::ClassificationTask(models::SequenceClassifier& model, Problem problem,
                                       int64_t num_labels, data::LabelMap labels)
    : model_(model), problem_(problem), num_labels_(num_labels), labels_(std::move(labels)) {}

LossSum ClassificationTask::loss(const data::Batch& batch, const nn::Pass& pass) {
  return loss_of(problem_, model_.logits(to_token_batch(batch), pass), batch);
}

std::unique_ptr<Evaluation> ClassificationTask::start_evaluation(const EvaluationRequest& request) {
  std::unique_ptr<ClassificationAnswers> answers;
  if (request.answers != AnswerMode::kNone) {
    answers = std::make_unique<ClassificationAnswers>(problem_, labels_,
                                                      ScoreTable(request.num_rows, num_labels_));
  }
  return std::make_unique<ClassificationEvaluation>(model_, problem_, num_labels_,
                                                    std::move(answers));
}

}  // namespace finetune::tasks
