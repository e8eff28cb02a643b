#include "base/folder_lock.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <string>

#include "base/error.h"
#include "support/test_support.h"

using namespace finetune;
using base::FolderLock;

namespace {

/// Another process that holds the lock of `folder` until it is killed.
class Holder {
 public:
  explicit Holder(const std::filesystem::path& folder) {
    std::array<int, 2> pipe_ends;
    REQUIRE(pipe(pipe_ends.data()) == 0);
    pid_ = fork();
    if (pid_ == 0) {
      const FolderLock lock(folder);
      if (write(pipe_ends[1], "x", 1) == 1) pause();
      _exit(0);
    }
    char ready = 0;
    REQUIRE(read(pipe_ends[0], &ready, 1) == 1);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
  }
  ~Holder() { die(); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

  void die() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

}  // namespace

TEST_CASE("a folder that another process holds is refused, naming the holder") {
  const test::TemporaryFolder folder;
  Holder holder(folder.path());
  const std::string before = test::read_file(folder.path() / ".lock");
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  CHECK_THROWS_AS(FolderLock(folder.path()), BusyError);
  CHECK_THROWS_WITH(
      FolderLock(folder.path()),
      Catch::Contains(folder.path().string()) &&
          Catch::Contains("in use by process " + std::to_string(holder.pid()) + " ") &&
          Catch::Contains(host.data()) && Catch::Contains("base_test"));
  CHECK(test::read_file(folder.path() / ".lock") == before);  // the holder is unharmed
}

TEST_CASE("the lock of a killed process is taken over") {
  const test::TemporaryFolder folder;
  Holder holder(folder.path());
  const std::string dead = "process " + std::to_string(holder.pid()) + " ";
  holder.die();
  CHECK_THAT(test::read_file(folder.path() / ".lock"), Catch::Contains(dead));
  const FolderLock lock(folder.path());
  CHECK_THAT(
      test::read_file(folder.path() / ".lock"),
      Catch::StartsWith("process " + std::to_string(getpid()) + " ") && !Catch::Contains(dead));
}

TEST_CASE("the same process does not get a lock twice, but again after letting go") {
  const test::TemporaryFolder folder;
  {
    const FolderLock lock(folder.path());
    CHECK_THROWS_WITH(FolderLock(folder.path()), Catch::Contains(std::to_string(getpid())));
  }
  CHECK_NOTHROW(FolderLock(folder.path()));
}

TEST_CASE("a child program does not inherit the lock") {
  const test::TemporaryFolder folder;
  pid_t sleeper = 0;
  {
    const FolderLock lock(folder.path());
    sleeper = fork();
    if (sleeper == 0) {
      execl("/bin/sleep", "sleep", "60", nullptr);
      _exit(1);
    }
    usleep(200'000);  // until the child has become the other program
  }
  CHECK_NOTHROW(FolderLock(folder.path()));
  kill(sleeper, SIGKILL);
  waitpid(sleeper, nullptr, 0);
}

TEST_CASE("a folder that cannot be locked is an input or output error") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(FolderLock(folder.path() / "absent"), IoError);
  test::write_file(folder.path() / "file", "");
  CHECK_THROWS_AS(FolderLock(folder.path() / "file"), IoError);
  std::filesystem::create_directories(folder.path() / "a/.lock");
  CHECK_THROWS_AS(FolderLock(folder.path() / "a"), IoError);
  std::filesystem::create_directory(folder.path() / "b");
  REQUIRE(mkfifo((folder.path() / "b/.lock").c_str(), 0600) == 0);
  CHECK_THROWS_AS(FolderLock(folder.path() / "b"), IoError);
}

TEST_CASE("a strange lock file of another holder is shown safely") {
  const test::TemporaryFolder folder;
  const FolderLock lock(folder.path());
  test::write_file(folder.path() / ".lock", "");
  CHECK_THROWS_WITH(FolderLock(folder.path()), Catch::Contains("in use by another process"));
}
