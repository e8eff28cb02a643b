#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/prepare.h"
#include "metrics/bootstrap.h"
#include "metrics/metric.h"
#include "run/generation_overrides.h"
#include "run/model_folder.h"
#include "run/run_config.h"

/// Using a trained model: on lines, on a file, on a split of its run.
namespace finetune::run {

/// Columns given on the command line; what is absent is as the model's run was configured.
struct ColumnOptions {
  std::optional<std::string> text;
  std::optional<std::string> text_pair;
  std::optional<std::string> label;
  bool has_no_header = false;
};

/// A trained model with what its run knew about its data.
class Inference {
 public:
  /// Loads the model that `path` stands for and configures threads. Throws ConfigError where
  /// `generation` does not fit the model, or is given for one that writes no text.
  explicit Inference(const std::filesystem::path& path, const ColumnOptions& columns = {},
                     const std::optional<GenerationOverrides>& generation = std::nullopt,
                     const models::LoadOptions& load = {});

  const TrainedModel& trained() const { return trained_; }

  /// True when the run that made the model had pairs of texts.
  bool has_pairs() const { return !read_.text_pair_column.empty(); }

  /// Gets the answers to some texts, rows 0 to num_rows - 1.
  using Take = std::function<void(const tasks::Answers&, int64_t num_rows)>;

  // Texts that are answered, here and below, are counted over all calls: what is drawn for one is a
  // function of its number. Throws DataError naming its line for a text without a token.

  /// Answers to texts at hand; row i is examples[i].
  std::unique_ptr<tasks::Answers> answer(std::span<const data::Example> examples);

  /// The same, but texts before one that cannot be answered still are.
  void answer_in_order(std::span<const data::Example> examples, const Take& take);

  /// Answers to the rows of a file, or of "-", in order and in constant memory: `take` gets those
  /// to some rows at a time. What is right is not read. Of plain text, every line is a text.
  void answer_rows(const std::string& path, const Take& take);

  // How likely a model that turns texts into texts finds the targets of texts: tasks::TargetScores,
  // as with the two above. Throws DataError for a target that is longer than the model can write.

  void score_in_order(std::span<const data::Example> examples, const Take& take);
  /// `target_path` as for answer_file.
  void score_rows(const std::string& path, const std::string& target_path, const Take& take);

  /// A data set with the model's answers to it.
  struct Answered {
    std::string split;  ///< of the run; "data" for a file
    std::shared_ptr<const data::EncodedDataset> dataset;
    std::unique_ptr<tasks::Answers> answers;  ///< null where judging the task needs none
    metrics::Values values;  ///< empty of meaning where the data does not say what is right
    std::map<std::string, metrics::Interval> intervals{};  ///< of some of them
  };

  /// A file, or "-", with what is right. `target_path`: plain text whose line n is the target of
  /// line n of the file; empty: the file has it.
  Answered answer_file(const std::string& path, const std::string& target_path = "");

  /// "train", "validation" or "test" of the run. Throws ConfigError when the model belongs to no
  /// run or the run has no such split.
  Answered answer_split(const std::string& split);

 private:
  /// Where the texts of a data set stand.
  struct Source {
    std::string split;
    std::string path;
    data::ReadOptions read;
  };
  Answered answer_dataset(const Source& source, std::shared_ptr<const data::EncodedDataset> dataset,
                          tasks::AnswerMode mode);
  /// Answers to the first texts: all, or those before one that does not become a row.
  struct Part {
    std::unique_ptr<tasks::Answers> answers;  ///< null without a text
    size_t num_rows = 0;
  };
  Part answer_first(std::span<const data::Example> examples, tasks::AnswerMode mode);
  /// `before_line` stands before the number of a line in an error.
  void take_in_order(std::span<const data::Example> examples, tasks::AnswerMode mode,
                     const std::string& before_line, const Take& take);
  void take_rows(const std::string& path, const data::ReadOptions& read, tasks::AnswerMode mode,
                 const Take& take);
  void check_has_target(const std::string& path, const std::string& target_path) const;
  tasks::AnswerMode judging_mode() const;
  int64_t batch_size() const;
  data::EncodingOptions encoding() const;
  data::EncodingOptions prompt_encoding() const;

  int threads_;
  TrainedModel trained_;
  std::optional<RunConfig> run_;
  data::ReadOptions read_;
  tasks::ModelLimits limits_;
  decode::Options generation_;
  std::unique_ptr<tasks::Task> task_;
  int64_t num_answered_ = 0;
};

/// How the model did: metrics with intervals, tables.
metrics::SplitResult judge(const Inference::Answered& answered);

}  // namespace finetune::run
