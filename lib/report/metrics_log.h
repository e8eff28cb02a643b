#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "report/append_file.h"
#include "report/events.h"

namespace finetune::report {

/// metrics.jsonl of a run: one JSON object a line and event, whole lines only. "event" comes first,
/// then "step" and "epoch"; the metrics of an evaluation stand beside them under their own names.
/// Numbers that are undefined or not finite are null.
///
///   {"event":"train","step":10,"epoch":0.1,"loss":0.69,"learning_rate":5e-05,...}
///   {"event":"evaluation","step":100,"epoch":1.0,"split":"validation","accuracy":0.88,...}
///
/// A checkpoint keeps offset(); a resumed run gives it to truncate_to(), so that no step appears
/// twice. A write that fails warns once and never ends the run.
class MetricsLog {
 public:
  /// Creates the file, or continues it after its last whole line.
  explicit MetricsLog(const std::filesystem::path& file);

  void add(const TrainLogEvent& event);
  void add(const EvaluationEvent& event);
  void add(const CheckpointEvent& event);
  void add(const SkipEvent& event);
  void add(const WarningEvent& event);
  void add(const ResumeEvent& event);
  void add(const FinishEvent& event);

  int64_t offset() const { return file_.size(); }

  /// Cuts the file to `offset` bytes or a little less: to the end of a whole line. Warns
  /// where it is shorter: a power cut may take lines that a checkpoint counts on.
  void truncate_to(int64_t offset);

 private:
  void append(const nlohmann::ordered_json& line);

  std::filesystem::path path_;
  AppendFile file_;
};

}  // namespace finetune::report
