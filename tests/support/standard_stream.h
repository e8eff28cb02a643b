#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

namespace finetune::test {

/// A standard stream (0, 1 or 2) that is another file for the time of a test.
class StandardStream {
 public:
  /// Input is read from `file`; output goes to `file`, which must exist.
  StandardStream(int stream, const std::filesystem::path& file)
      : StandardStream(stream, open(file.c_str(), stream == STDIN_FILENO ? O_RDONLY : O_WRONLY)) {}

  /// Takes `descriptor` over.
  StandardStream(int stream, int descriptor) : stream_(stream), saved_(dup(stream)) {
    std::fflush(nullptr);
    dup2(descriptor, stream);
    close(descriptor);
  }
  ~StandardStream() {
    std::fflush(stream_ == STDERR_FILENO ? stderr : stdout);
    dup2(saved_, stream_);
    close(saved_);
  }
  StandardStream(const StandardStream&) = delete;
  StandardStream& operator=(const StandardStream&) = delete;

 private:
  int stream_;
  int saved_;
};

}  // namespace finetune::test
