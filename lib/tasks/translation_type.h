#pragma once

#include <string>
#include <vector>

#include "tasks/task_type.h"

namespace finetune::tasks {

/// Texts into texts: translation, and summarization, which differs in its metrics alone. The model
/// is an encoder-decoder, or a language model that goes on behind text and separator.
class TranslationType final : public TaskType {
 public:
  enum class Kind { kTranslation, kSummarization };
  explicit TranslationType(Kind kind) : kind_(kind) {}

  std::unique_ptr<TaskType> clone() const override;
  std::string_view name() const override;
  void describe(config::Fields& fields) override;

  data::TargetKind target_kind() const override { return data::TargetKind::kText; }
  bool writes_texts() const override { return true; }
  void adapt(data::EncodingOptions& encoding, const ModelLimits& limits) const override;
  std::vector<std::string> metric_names(const data::LabelMap& labels) const override;
  std::string description(const data::LabelMap& labels) const override;

  ModelLimits limits(const nlohmann::json& model_config) const override;
  BuiltModel build_model(const ModelSource& source, const data::LabelMap& labels) const override;
  std::unique_ptr<Task> bind(const TaskParts& parts) const override;

  bool has_trained(const nlohmann::json& model_config) const override;
  data::LabelMap adopt(const nlohmann::json& model_config, const std::string& file) override;
  void amend(nlohmann::json& model_config, const data::LabelMap& labels) const override;
  CardTask card() const override;

 private:
  std::vector<std::string> text_metrics() const;

  Kind kind_;
  double label_smoothing_ = 0.0;
  std::string source_prefix_;
  std::string separator_ = " = ";
  std::string bleu_tokenizer_ = "13a";
};

}  // namespace finetune::tasks
