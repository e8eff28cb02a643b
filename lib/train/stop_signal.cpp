#include "train/stop_signal.h"

#include <signal.h>
#include <unistd.h>

#include <array>

namespace finetune::train {

namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGUSR1};
volatile sig_atomic_t received_signal = 0;
std::array<struct sigaction, kSignals.size()> previous_actions;

void handle(int number) {
  if (received_signal != 0) _exit(128 + number);
  received_signal = number;
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

}  // namespace finetune::train
