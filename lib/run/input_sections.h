#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/values.h"

namespace finetune::config {
class Fields;
}
namespace finetune::tasks {
class TaskType;
}

/// The sections of a config file that say what a run is made from: the model, what it learns, and
/// the data.
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

 private:
  void describe_source(config::Fields& fields);
  void describe_tokenizers(config::Fields& fields);
  void describe_dropout(config::Fields& fields);
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

/// Subword regularisation of the training rows.
struct SubwordSamplingSection {
  double alpha = 0.1;
  int64_t nbest = -1;
  bool source = true;
  bool target = true;

  void describe(config::Fields& fields);
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
  std::optional<SubwordSamplingSection> subword_sampling;  ///< absent: off

  void describe(config::Fields& fields);

 private:
  void describe_files(config::Fields& fields);
  void describe_columns(config::Fields& fields);
  void describe_lengths(config::Fields& fields);
  void describe_bad_rows(config::Fields& fields);
  void describe_handling(config::Fields& fields);
};

}  // namespace finetune::run
