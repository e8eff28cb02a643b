#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/duration.h"
#include "config/values.h"

namespace finetune::config {
class Fields;
}
namespace finetune::tasks {
class TaskType;
}

/// The sections of a config file. Meanings, ranges and units stand in describe() (sections.cpp),
/// the defaults here; docs/config.md is made from both. Paths are absolute once read ("-" is
/// standard input).
namespace finetune::run {

inline constexpr const char* kEncoderDecoder = "encoder_decoder";  ///< a model.type of two parts

struct ModelSection {
  std::optional<std::filesystem::path> path;  ///< Hugging Face folder; else type and config
  std::optional<std::string> type;
  std::optional<config::JsonObject> config;
  std::optional<config::PathOrObject> encoder;  ///< with type encoder_decoder
  std::optional<config::PathOrObject> decoder;
  bool tie_encoder_decoder = false;
  /// A folder or file, or how one is trained; absent: the model's own.
  std::optional<config::PathOrObject> tokenizer;
  std::optional<config::PathOrObject> source_tokenizer;  ///< both or neither: instead of tokenizer
  std::optional<config::PathOrObject> target_tokenizer;
  std::optional<double> dropout;  ///< absent: as the model's config.json says
  std::optional<double> classifier_dropout;

  void describe(config::Fields& fields);
};

/// Beside `type` the section has the keys of that type of task: one object of each type holds them.
class TaskSection {
 public:
  TaskSection();
  TaskSection(const TaskSection& other);
  TaskSection(TaskSection&&) noexcept;
  TaskSection& operator=(TaskSection other) noexcept;
  ~TaskSection();

  void describe(config::Fields& fields);

  /// The object of `type`.
  const tasks::TaskType& chosen() const;

  std::string type = "classification";
  bool shows_every_type = false;  ///< describe() lists the keys of all types

 private:
  std::vector<std::unique_ptr<tasks::TaskType>> types_;
};

struct DataSection {
  config::DataFile train;
  std::optional<config::FileOrPercent> validation;
  std::optional<config::DataFile> test;
  config::Column text_column{"text", {}};
  std::optional<config::Column> text_pair_column;
  config::Column label_column{"label", {}};
  config::Column source_column{"source", {}};
  config::Column target_column{"target", {}};
  std::string text_unit = "line";  ///< line, paragraph, file
  bool header = true;
  std::optional<int64_t> max_length;         ///< tokens; absent: what the model can take
  std::optional<int64_t> max_target_length;  ///< the same of a target text
  std::optional<double> max_length_ratio;
  std::optional<std::string> on_long_row;  ///< cut, drop, error; absent: as suits the task
  std::string on_bad_row = "error";        ///< error, skip, quarantine
  int64_t max_bad_rows = 100;
  int64_t max_row_bytes = int64_t{1} << 24;
  bool group_by_length = true;
  config::SwitchOrFolder cache;

  void describe(config::Fields& fields);
};

struct TrainingSection {
  /// Absent only where max_steps is given: then there is no limit.
  std::optional<double> num_train_epochs;
  std::optional<int64_t> max_steps;
  std::optional<config::Duration> max_time;
  int64_t batch_size = 32;
  std::optional<int64_t> batch_tokens;  ///< instead of batch_size
  int64_t gradient_accumulation_steps = 1;
  double max_grad_norm = 1.0;       ///< 0: no clipping
  std::string precision = "auto";   ///< auto, fp32, bf16
  std::string nonfinite = "error";  ///< error, skip
  std::optional<int64_t> threads;   ///< absent: the processors this process may use

  void describe(config::Fields& fields);
};

struct OptimizerSection {
  std::string type = "adamw";
  double learning_rate = 5e-5;
  double weight_decay = 0.0;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;

  void describe(config::Fields& fields);
};

struct RegularizationSection {
  double l2 = 0.0;

  void describe(config::Fields& fields);
};

struct ScheduleSection {
  std::string type = "linear";  ///< linear, constant, inverse_sqrt
  config::Duration warmup;      ///< steps, epochs or percent

  void describe(config::Fields& fields);
};

struct EvaluationSection {
  config::Duration every{1, config::Unit::kEpochs};
  std::string metric = "loss";
  int64_t batch_size = 64;
  std::optional<config::Duration> decode_every;  ///< absent: with every evaluation
  int64_t decode_examples = 200;
  int64_t samples = 3;

  void describe(config::Fields& fields);
};

/// How texts are written, with the names and meanings of transformers' GenerationConfig. What is
/// absent is as the model says (generation_defaults.h).
struct GenerationSection {
  std::optional<int64_t> num_beams;
  std::optional<int64_t> max_new_tokens;
  std::optional<int64_t> max_length;
  std::optional<int64_t> min_new_tokens;
  std::optional<int64_t> min_length;
  std::optional<double> length_penalty;
  std::optional<config::SwitchOrWord> early_stopping;  ///< or "never"
  std::optional<int64_t> num_return_sequences;
  std::optional<bool> do_sample;
  std::optional<double> temperature;
  std::optional<int64_t> top_k;
  std::optional<double> top_p;
  std::optional<double> min_p;
  std::optional<double> repetition_penalty;
  std::optional<int64_t> no_repeat_ngram_size;
  std::optional<int64_t> forced_bos_token_id;
  std::optional<int64_t> forced_eos_token_id;

  void describe(config::Fields& fields);

 private:
  void describe_search(config::Fields& fields);
  void describe_lengths(config::Fields& fields);
  void describe_sampling(config::Fields& fields);
  void describe_rules(config::Fields& fields);
};

struct EarlyStoppingSection {
  int64_t patience = 1;
  double threshold = 0.0;
  std::optional<std::string> metric;  ///< absent: evaluation.metric

  void describe(config::Fields& fields);
};

struct CheckpointsSection {
  config::Duration every{1, config::Unit::kEpochs};
  int64_t keep_last = 2;
  bool keep_best = true;
  std::string on_save_error = "continue";

  void describe(config::Fields& fields);
};

struct LoggingSection {
  config::Duration every{10, config::Unit::kSteps};
  bool tensorboard = true;

  void describe(config::Fields& fields);
};

}  // namespace finetune::run
