#pragma once

namespace finetune::train {

/// What StopSignal::poll() throws. No error: nobody has to act, and nobody may report it as one.
struct Stopped {};

/// While it lives, SIGINT, SIGTERM and SIGUSR1 ask the run to save and stop instead of killing it.
/// A second one ends the process at once with exit code 128 + n. One instance at a time.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// Number of the signal that came, 0 for none or where no instance lives.
  static int received();

  /// For work that has nothing to save: throws Stopped once a signal came. From any thread.
  static void poll();
};

}  // namespace finetune::train
