#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "run/predictions.h"
#include "tasks/task.h"
#include "train/interval.h"

namespace finetune::run {

struct SampleOptions {
  int64_t num_rows = 0;   ///< of the data set, from its beginning
  int64_t num_shown = 0;  ///< go to the log and the file
  int64_t batch_size = 64;
  std::filesystem::path file{};  ///< gets a line for each shown row
  int64_t resume_step = 0;       ///< later lines, of a part of the run that was lost, go
};

/// Judges a task while it is trained by answers to the first rows of a data set, given the quick
/// way.
class Samples {
 public:
  /// `text` is the whole data set; what is referred to must live as long.
  Samples(tasks::Task& task, const DataText& text, SampleOptions options);

  /// The metrics of answers given now; nothing when should_stop() cut it short.
  std::optional<metrics::Values> judge(const train::Position& position,
                                       const std::function<bool()>& should_stop);

 private:
  void show(const tasks::Answers& answers, const train::Position& position) const;

  tasks::Task& task_;
  DataText text_;
  SampleOptions options_;
  std::vector<data::Example> examples_;  ///< of the rows, read once
};

}  // namespace finetune::run
