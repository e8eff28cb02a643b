#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "report/append_file.h"
#include "report/events.h"

namespace finetune::report {

/// Seconds since 1970, or any other clock.
using WallClock = std::function<double()>;
double system_wall_clock();

/// Writes one TensorBoard event file (TFRecord framing around tensorflow.Event) into a run folder:
/// scalars "train/loss", "train/learning_rate", ..., "eval/<metric>" of the validation split and
/// "<split>/<metric>" of others, and texts. Undefined metrics are left out.
///
/// A resumed run begins a new file, which tells TensorBoard to forget what the interrupted run
/// wrote for later steps. A write that fails warns once and never ends the run.
class TensorBoardWriter {
 public:
  /// `resume_step`: the number of updates done in the checkpoint that the run goes on from.
  explicit TensorBoardWriter(const std::filesystem::path& folder,
                             std::optional<int64_t> resume_step = std::nullopt,
                             WallClock clock = system_wall_clock);

  void add(const TrainLogEvent& event);
  void add(const EvaluationEvent& event);
  void add_text(std::string_view tag, std::string_view markdown, int64_t step = 0);

 private:
  WallClock clock_;
  AppendFile file_;
};

/// One TFRecord: u64 length, masked CRC-32C of it, the bytes, masked CRC-32C of them.
std::string tfrecord(std::string_view bytes);

}  // namespace finetune::report
