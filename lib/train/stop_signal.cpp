#include "train/stop_signal.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace finetune::train {

namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGUSR1};
constexpr std::string_view kLastWords = "stopped by a signal: nothing is saved yet\n";
// Signals come to any thread. Atomics that need no lock are safe in their handler.
std::atomic<int> received_signal = 0;
std::atomic<bool> ends_at_first = false;
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);
std::vector<std::string> files_to_remove;  // changes only while ends_at_first is false
std::array<struct sigaction, kSignals.size()> previous_actions;

/// In a signal handler: system calls only.
[[noreturn]] void end_now() {
  for (const std::string& file : files_to_remove) unlink(file.c_str());
  [[maybe_unused]] const auto written = write(STDERR_FILENO, kLastWords.data(), kLastWords.size());
  _exit(static_cast<int>(ExitCode::kPreempted));
}

void handle(int number) {
  if (received_signal.exchange(number) != 0) _exit(128 + number);
  if (ends_at_first) end_now();
}

}  // namespace

StopSignal::StopSignal() {
  received_signal = 0;
  struct sigaction action = {};
  action.sa_handler = handle;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (size_t i = 0; i < kSignals.size(); ++i)
    sigaction(kSignals[i], &action, &previous_actions[i]);
}

StopSignal::~StopSignal() {
  for (size_t i = 0; i < kSignals.size(); ++i)
    sigaction(kSignals[i], &previous_actions[i], nullptr);
  received_signal = 0;
}

int StopSignal::received() { return received_signal; }

void StopSignal::poll() {
  if (received() != 0) throw Stopped();
}

EndAtFirstSignal::EndAtFirstSignal(std::vector<std::string> temporary_files) {
  files_to_remove = std::move(temporary_files);
  ends_at_first = true;
  if (StopSignal::received() == 0) return;
  ends_at_first = false;
  throw Stopped();
}

EndAtFirstSignal::~EndAtFirstSignal() { ends_at_first = false; }

}  // namespace finetune::train
