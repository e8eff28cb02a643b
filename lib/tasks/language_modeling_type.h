#pragma once

#include <string>
#include <vector>

#include "tasks/task_type.h"

namespace finetune::tasks {

/// A language model learns texts. Each is cut into blocks of at most data.max_length inputs that
/// overlap by one token, so that every token but its first is predicted once; blocks of several
/// texts share a batch, and none attends to another.
class LanguageModelingType final : public TaskType {
 public:
  std::unique_ptr<TaskType> clone() const override;
  std::string_view name() const override { return "language_modeling"; }
  void describe(config::Fields& fields) override;

  data::TargetKind target_kind() const override { return data::TargetKind::kNone; }
  bool writes_texts() const override { return true; }
  void adapt(data::EncodingOptions& encoding, const ModelLimits& limits) const override;
  std::vector<std::string> metric_names(const data::LabelMap& labels) const override;
  std::string description(const data::LabelMap& labels) const override;
  bool judges_answers() const override { return false; }

  ModelLimits limits(const nlohmann::json& model_config) const override;
  BuiltModel build_model(const ModelSource& source, const data::LabelMap& labels) const override;
  std::unique_ptr<Task> bind(const TaskParts& parts) const override;

  bool has_trained(const nlohmann::json& model_config) const override;
  data::LabelMap adopt(const nlohmann::json& model_config, const std::string& file) override;
  void amend(nlohmann::json& model_config, const data::LabelMap& labels) const override;
  CardTask card() const override { return {"text-generation", "Causal language modelling"}; }

 private:
  double label_smoothing_ = 0.0;
  bool ends_texts_ = true;
};

}  // namespace finetune::tasks
