#pragma once

#include "tasks/classification.h"
#include "tasks/task_type.h"

namespace finetune::tasks {

/// Whole texts, or pairs of them, into classes or numbers.
class ClassificationType final : public TaskType {
 public:
  std::unique_ptr<TaskType> clone() const override;
  std::string_view name() const override { return "classification"; }
  void describe(config::Fields& fields) override;
  std::vector<KeyProblem> problems() const override;

  data::TargetKind target_kind() const override;
  std::optional<std::vector<std::string>> label_order(const nlohmann::json& model_config,
                                                      const data::LabelMap& learned) const override;
  std::vector<std::string> metric_names(const data::LabelMap& labels) const override;
  std::string description(const data::LabelMap& labels) const override;

  ModelLimits limits(const nlohmann::json& model_config) const override;
  BuiltModel build_model(const ModelSource& source, const data::LabelMap& labels) const override;
  std::unique_ptr<Task> bind(const TaskParts& parts) const override;

  bool has_trained(const nlohmann::json& model_config) const override;
  data::LabelMap adopt(const nlohmann::json& model_config, const std::string& file) override;
  void amend(nlohmann::json& model_config, const data::LabelMap& labels) const override;
  CardTask card() const override { return {"text-classification", "Text classification"}; }

  Problem problem() const { return problem_from(problem_name_); }

 private:
  int64_t num_labels(const data::LabelMap& labels) const;
  std::optional<int64_t> known_num_labels(const data::LabelMap& labels) const;

  std::string problem_name_ = "single_label";
  std::optional<std::vector<std::string>> given_labels_;
  int64_t num_values_ = 1;  ///< of a regression
};

}  // namespace finetune::tasks
