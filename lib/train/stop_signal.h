#pragma once

namespace finetune::train {

/// While it lives, SIGINT, SIGTERM and SIGUSR1 ask the run to save and stop instead of killing it.
/// A second one ends the process at once with exit code 128 + n. One instance at a time.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// Number of the signal that came, 0 for none.
  static int received();
};

}  // namespace finetune::train
