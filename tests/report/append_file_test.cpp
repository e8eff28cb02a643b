#include "report/append_file.h"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "support/test_support.h"

using finetune::report::AppendFile;
using finetune::test::read_file;
using finetune::test::TemporaryFolder;

namespace {

/// A limit on the size of files of this process: a disk that fills up.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &old_);
    rlimit limit = old_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_{};
  void (*handler_)(int) = nullptr;
};

}  // namespace

TEST_CASE("records are appended, and a second opening continues the file") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "log";
  {
    AppendFile file(path);
    CHECK(file.size() == 0);
    file.append("one\n");
    CHECK(read_file(path) == "one\n");  // at once, not at the end
  }
  AppendFile file(path);
  CHECK(file.size() == 4);
  file.append("two\n");
  CHECK(read_file(path) == "one\ntwo\n");
  file.truncate(100);  // longer than the file: nothing to cut
  CHECK(file.size() == 8);
  file.truncate(4);
  file.append("three\n");
  CHECK(read_file(path) == "one\nthree\n");
}

TEST_CASE("a record that does not fit any more is taken back whole, and writing goes on later") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "log";
  AppendFile file(path);
  file.append("12345678\n");
  {
    const FileSizeLimit limit(12);
    file.append("abcdefgh\n");  // three bytes would fit
    CHECK(file.size() == 9);
    CHECK(std::filesystem::file_size(path) == 9);
  }
  file.append("later\n");
  CHECK(read_file(path) == "12345678\nlater\n");
}

TEST_CASE("a file that cannot be opened or written never ends the run") {
  AppendFile full("/dev/full");
  full.append("x\n");
  CHECK(full.size() == 0);
  const TemporaryFolder folder;
  AppendFile missing(folder.path() / "no" / "such" / "folder");
  missing.append("x\n");
  missing.truncate(0);
  CHECK(missing.size() == 0);
}
