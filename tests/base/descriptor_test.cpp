#include "base/descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <string>
#include <thread>

#include "base/error.h"
#include "support/test_support.h"

using namespace finetune;
using base::Descriptor;

TEST_CASE("only regular files are opened for reading, and nothing blocks") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "file", "12345");
  const Descriptor file = base::open_regular(folder.path() / "file");
  CHECK(base::regular_size(file.get(), "file") == 5);

  const auto fifo = folder.path() / "fifo";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  const auto size_of = [](const std::filesystem::path& path) {
    return base::regular_size(base::open_regular(path).get(), path);
  };
  CHECK_THROWS_WITH(size_of(fifo), Catch::Contains("fifo' is a FIFO; a regular file is needed"));
  CHECK_THROWS_WITH(size_of(folder.path()), Catch::Contains("is a folder"));
  CHECK_THROWS_WITH(size_of("/dev/zero"), Catch::Contains("is a device"));
  CHECK_THROWS_WITH(size_of(folder.path() / "absent"), Catch::Contains("cannot open") &&
                                                           Catch::Contains("absent") &&
                                                           Catch::Contains("No such file"));
}

TEST_CASE("a descriptor is closed with its owner and hidden from child processes") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "file", "");
  int number = -1;
  {
    const Descriptor file = base::open_regular(folder.path() / "file");
    number = file.get();
    CHECK((fcntl(number, F_GETFD) & FD_CLOEXEC) != 0);
  }
  CHECK(fcntl(number, F_GETFD) == -1);
  Descriptor released = base::open_regular(folder.path() / "file");
  number = released.release();
  CHECK(released.get() == -1);
  CHECK(close(number) == 0);
}

TEST_CASE("signals and partial writes lose nothing") {
  std::array<int, 2> pipe_ends;
  REQUIRE(pipe2(pipe_ends.data(), O_CLOEXEC) == 0);
  struct sigaction action {
  }, before{};
  action.sa_handler = [](int) {};  // without SA_RESTART: system calls return early
  sigaction(SIGALRM, &action, &before);
  const itimerval every_200_microseconds = {{0, 200}, {0, 200}};
  setitimer(ITIMER_REAL, &every_200_microseconds, nullptr);

  std::string text;
  for (int i = 0; text.size() < 4'000'000; ++i) text += std::to_string(i) + ",";
  std::string received;
  std::jthread reader([&] {
    sigset_t alarm;  // the signals shall hit the writer
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarm, nullptr);
    std::array<char, 10'000> buffer;
    for (ssize_t n = 0; (n = read(pipe_ends[0], buffer.data(), buffer.size())) > 0;) {
      received.append(buffer.data(), static_cast<size_t>(n));
    }
  });
  base::write_all(pipe_ends[1], std::as_bytes(std::span(text)), "pipe");
  const itimerval never{};
  setitimer(ITIMER_REAL, &never, nullptr);
  sigaction(SIGALRM, &before, nullptr);
  close(pipe_ends[1]);
  reader.join();
  close(pipe_ends[0]);
  CHECK((received == text));
}

TEST_CASE("a write error names the file and the cause") {
  const Descriptor full("/dev/full", O_WRONLY, "open");
  const std::string text = "x";
  CHECK_THROWS_WITH(base::write_all(full.get(), std::as_bytes(std::span(text)), "/dev/full"),
                    "cannot write '/dev/full': No space left on device");
}
