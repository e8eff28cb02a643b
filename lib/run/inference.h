#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "data/prepare.h"
#include "metrics/metric.h"
#include "run/model_folder.h"
#include "run/predictions.h"
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
  /// Loads the model that `path` stands for and configures threads.
  explicit Inference(const std::filesystem::path& path, const ColumnOptions& columns = {});

  const TrainedModel& trained() const { return trained_; }

  /// True when the run that made the model had pairs of texts.
  bool has_pairs() const { return !read_.text_pair_column.empty(); }

  /// Scores of texts at hand, [rows, C]; row i is examples[i].
  ScoreTable score(std::span<const data::Example> examples);

  /// A data set with the model's answers to it.
  struct Scored {
    std::string split;  ///< of the run; "data" for a file
    std::shared_ptr<const data::EncodedDataset> dataset;
    ScoreTable scores;
    metrics::Values values;  ///< empty of meaning where the data has no labels
  };

  /// A file, or "-"; labels are read only when `needs_labels`.
  Scored score_file(const std::string& path, bool needs_labels);

  /// "train", "validation" or "test" of the run. Throws ConfigError when the model belongs to no
  /// run or the run has no such split.
  Scored score_split(const std::string& split);

 private:
  Scored score_dataset(std::string split, std::shared_ptr<const data::EncodedDataset> dataset);
  data::EncodingOptions encoding() const;

  int threads_;
  TrainedModel trained_;
  std::optional<RunConfig> run_;
  data::ReadOptions read_;
  tasks::ClassificationTask task_;
};

}  // namespace finetune::run
