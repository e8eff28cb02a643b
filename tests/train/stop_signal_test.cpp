#include "train/stop_signal.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "support/standard_stream.h"
#include "support/test_support.h"

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

/// The exit code of a process of its own that does this, 0 where it comes to an end.
int exit_code_of(const std::function<void()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    body();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

TEST_CASE("a second signal ends the process at once with 128 + its number") {
  CHECK(exit_code_of([] {
          const StopSignal signal;
          raise(SIGTERM);
          raise(SIGINT);
        }) == 128 + SIGINT);
}

TEST_CASE("work that never looks for signals ends at the first one, and its files go") {
  const test::TemporaryFolder folder;
  const auto file = [&](const char* name) {
    test::write_file(folder.path() / name, "text");
    return (folder.path() / name).string();
  };
  const std::vector<std::string> files = {file("a"), file("b"), folder.path() / "absent"};
  test::write_file(folder.path() / "stderr", "");
  CHECK(exit_code_of([&] {
          const test::StandardStream errors(STDERR_FILENO, folder.path() / "stderr");
          const StopSignal signal;
          const EndAtFirstSignal ends(files);
          raise(SIGTERM);
        }) == 75);
  CHECK_FALSE(std::filesystem::exists(files[0]));
  CHECK_FALSE(std::filesystem::exists(files[1]));
  CHECK_THAT(test::read_file(folder.path() / "stderr"), Catch::Contains("nothing is saved yet"));
}

TEST_CASE("before and after such work a signal is noted only") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "a", "text");
  const std::vector<std::string> files = {folder.path() / "a"};
  const StopSignal signal;
  { const EndAtFirstSignal ends(files); }
  raise(SIGTERM);
  CHECK_THROWS_AS(EndAtFirstSignal(files), Stopped);
  CHECK(StopSignal::received() == SIGTERM);
  CHECK(std::filesystem::exists(folder.path() / "a"));
}

TEST_CASE("the earlier handler is back afterwards") {
  signal(SIGUSR1, SIG_IGN);
  { const StopSignal ours; }
  CHECK(signal(SIGUSR1, SIG_DFL) == SIG_IGN);
}

}  // namespace
}  // namespace finetune::train
