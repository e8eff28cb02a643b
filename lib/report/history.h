#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "report/events.h"

namespace finetune::report {

/// What a run has logged so far, in order.
struct History {
  std::vector<TrainLogEvent> train;
  std::vector<EvaluationEvent> evaluations;
  std::vector<CheckpointEvent> checkpoints;
  std::vector<SkipEvent> skips;
  std::vector<WarningEvent> warnings;
  std::vector<ResumeEvent> resumes;
  std::optional<FinishEvent> finish;
};

/// Reads metrics.jsonl back; null becomes NaN, or nothing where a metric was undefined. A file that
/// is not there, or is no regular file, is an empty history. Lines that cannot be read (a torn last
/// line after a power failure) are passed over with one warning, events of unknown names without.
History read_history(const std::filesystem::path& metrics_file);

}  // namespace finetune::report
