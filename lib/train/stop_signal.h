#pragma once

#include <string>
#include <vector>

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

/// While it lives, within the life of a StopSignal, the first signal ends the process at once with
/// exit code 75, removes `temporary_files` and says so on stderr: for work of others that has
/// nothing to save and never looks for a signal. Throws Stopped where one has come before.
class EndAtFirstSignal {
 public:
  explicit EndAtFirstSignal(std::vector<std::string> temporary_files);
  ~EndAtFirstSignal();
  EndAtFirstSignal(const EndAtFirstSignal&) = delete;
  EndAtFirstSignal& operator=(const EndAtFirstSignal&) = delete;
};

}  // namespace finetune::train
