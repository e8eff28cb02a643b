#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/label_map.h"
#include "data/prepare.h"
#include "data/read_options.h"
#include "decode/generator.h"
#include "models/encoder_decoder/warm_start.h"
#include "models/generation.h"
#include "models/load.h"
#include "tasks/task.h"

namespace finetune::config {
class Fields;
}

namespace finetune::tasks {

/// Where a model comes from.
struct ModelSource {
  const nlohmann::json& config;                   ///< config.json
  std::optional<std::filesystem::path> folder{};  ///< of the weights; absent: random ones
  models::LoadOptions load{};  ///< what the folder's weights may lack or hold beside
  /// Two models to be made one instead of a folder; null: none.
  const models::WarmStart* warm_start = nullptr;
  uint64_t seed = 0;  ///< of fresh weights
  std::optional<double> dropout{};
  std::optional<double> classifier_dropout{};
};

using BuiltModel = models::Loaded<models::Model>;

/// What a model takes, known before it is built.
struct ModelLimits {
  int64_t max_length = 0;                  ///< tokens of a text that it reads
  int64_t max_target_length = 0;           ///< tokens of a text that it writes; 0: it writes none
  std::optional<int64_t> decoder_start{};  ///< never part of an encoded target
  std::optional<int64_t> end_of_text{};    ///< closes every encoded target
  models::SpecialIds special_ids{};        ///< as config.json has them
  int64_t target_vocab_size = 0;           ///< tokens that it writes
};

/// What a task is made of, alive as long as the task.
struct TaskParts {
  models::Model& model;
  const data::LabelMap& labels;
  const text::Tokenizer& source_tokenizer;
  const text::Tokenizer& target_tokenizer;
  decode::Options generation{};
};

/// Something wrong with keys of the section "task": the first of them is blamed.
struct KeyProblem {
  std::vector<std::string> keys;
  std::string message;
};

/// What a model card says of a task.
struct CardTask {
  std::string pipeline_tag;  ///< as the Hugging Face hub names it
  std::string name;
};

/// One type of task as a config asks for it: its keys, what it needs of data and model, and the
/// maker of its Task. Adding a task is one of these and its line in registry.cpp.
class TaskType {
 public:
  virtual ~TaskType() = default;
  virtual std::unique_ptr<TaskType> clone() const = 0;
  virtual std::string_view name() const = 0;  ///< as task.type spells it

  /// Its keys of the section "task", bound to this object.
  virtual void describe(config::Fields& fields) = 0;
  virtual std::vector<KeyProblem> problems() const { return {}; }

  virtual data::TargetKind target_kind() const = 0;
  /// True where the model's answers are texts that it writes.
  virtual bool writes_texts() const { return false; }
  /// How its texts become tokens, beyond what the section "data" says.
  virtual void adapt(data::EncodingOptions& /*encoding*/, const ModelLimits& /*limits*/) const {}
  /// Labels that the config or `model_config`, the model it starts from, fixes; nothing: as sorted
  /// from the training data. `learned` is empty before the data was read.
  virtual std::optional<std::vector<std::string>> label_order(
      const nlohmann::json& /*model_config*/, const data::LabelMap& /*learned*/) const {
    return std::nullopt;
  }

  /// False where an evaluation needs no answers: the loss says it all.
  virtual bool judges_answers() const { return true; }

  /// Every metric of its evaluation; "loss" among them. Without labels: every one that it may have,
  /// as long as they are not known.
  virtual std::vector<std::string> metric_names(const data::LabelMap& labels) const = 0;
  /// The task in words, for messages about its metrics: "a regression task with 1 label".
  virtual std::string description(const data::LabelMap& labels) const = 0;

  /// Throw CheckpointError for a model_type that cannot do the task.
  virtual ModelLimits limits(const nlohmann::json& model_config) const = 0;
  virtual BuiltModel build_model(const ModelSource& source, const data::LabelMap& labels) const = 0;
  virtual std::unique_ptr<Task> bind(const TaskParts& parts) const = 0;

  /// True when the config.json is of a model that was trained for such a task.
  virtual bool has_trained(const nlohmann::json& model_config) const = 0;
  /// Takes over what the config.json of a trained model says of the task, and gives its labels.
  /// Throws CheckpointError naming `file`.
  virtual data::LabelMap adopt(const nlohmann::json& model_config, const std::string& file) = 0;
  /// Adds to the config.json of an export what adopt() reads.
  virtual void amend(nlohmann::json& model_config, const data::LabelMap& labels) const = 0;

  virtual CardTask card() const = 0;
};

}  // namespace finetune::tasks
