#include "train/stop_signal.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace finetune::train {
namespace {

TEST_CASE("a signal is noted instead of ending the process, and forgotten by the next run") {
  for (const int number : {SIGINT, SIGTERM, SIGUSR1}) {
    const StopSignal signal;
    CHECK(StopSignal::received() == 0);
    raise(number);
    CHECK(StopSignal::received() == number);
  }
}

TEST_CASE("work that has nothing to save ends at its next poll, and no later work does") {
  CHECK_NOTHROW(StopSignal::poll());
  {
    const StopSignal signal;
    CHECK_NOTHROW(StopSignal::poll());
    raise(SIGTERM);
    CHECK_THROWS_AS(StopSignal::poll(), Stopped);
  }
  CHECK(StopSignal::received() == 0);
  CHECK_NOTHROW(StopSignal::poll());
}

TEST_CASE("a second signal ends the process at once with 128 + its number") {
  const pid_t child = fork();
  if (child == 0) {
    const StopSignal signal;
    raise(SIGTERM);
    raise(SIGINT);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 128 + SIGINT);
}

TEST_CASE("the earlier handler is back afterwards") {
  signal(SIGUSR1, SIG_IGN);
  { const StopSignal ours; }
  CHECK(signal(SIGUSR1, SIG_DFL) == SIG_IGN);
}

}  // namespace
}  // namespace finetune::train
