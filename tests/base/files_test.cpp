#include "base/files.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "base/error.h"
#include "support/crash_fs.h"
#include "support/test_support.h"

using namespace finetune;
using base::posix_fs;
namespace fs = std::filesystem;

namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

TEST_CASE("written bytes are read back, under any name") {
  const test::TemporaryFolder folder;
  const std::string bytes = std::string("a\0b\n", 4) + std::string(100'000, 'x');
  for (const std::string name : {"plain", "two words", "new\nline", "Größe-日本", "-x", "'\"$"}) {
    INFO(name);
    const auto file = posix_fs().create(folder.path() / name);
    file->write(bytes_of(bytes));
    file->write({});
    file->write(bytes_of("end"));
    file->sync();
    file->close();
    CHECK(posix_fs().read(folder.path() / name) == bytes + "end");
    posix_fs().create(folder.path() / name)->close();
    CHECK(posix_fs().read(folder.path() / name).empty());
  }
  CHECK(posix_fs().list(folder.path()).size() == 6);
}

TEST_CASE("space is claimed without changing the file, and a claim beyond all limits is refused") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "file";
  const auto file = posix_fs().create(path);
  file->reserve(0);
  file->reserve(1 << 20);
  CHECK(fs::file_size(path) == 0);
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK(info.st_blocks * 512 >= 1 << 20);
  file->write(bytes_of("four"));
  file->sync();
  file->close();
  CHECK(posix_fs().read(path) == "four");
  const auto other = posix_fs().create(folder.path() / "other");
  CHECK_THROWS_WITH(other->reserve(uint64_t{1} << 62),
                    Catch::Contains("other") && Catch::Contains("reserve"));
}

TEST_CASE("folders, links, renames and removals do what their names say") {
  const test::TemporaryFolder folder;
  auto& real = posix_fs();
  const auto at = [&](const char* name) { return folder.path() / name; };
  real.make_directory(at("b"));
  real.make_directory(at("a"));
  test::write_file(at("a/file"), "1");
  real.symlink("a", at("link"));
  CHECK(real.list(folder.path()) == std::vector<std::string>{"a", "b", "link"});
  CHECK(real.read(at("link/file")) == "1");
  real.symlink("b", at(".link.tmp"));
  real.rename(at(".link.tmp"), at("link"));
  CHECK(fs::read_symlink(at("link")) == "b");
  real.sync_directory(folder.path());
  real.remove_tree(at("link"));  // the link, not what it points to
  CHECK(real.exists(at("b")));
  real.remove_tree(at("a"));
  CHECK_FALSE(real.exists(at("a")));
  CHECK_NOTHROW(real.remove_tree(at("a")));
  real.symlink("absent", at("dangling"));
  CHECK(real.exists(at("dangling")));
  real.remove_file(at("dangling"));
  CHECK_FALSE(real.exists(at("dangling")));
  test::write_file(at("file"), "");
  CHECK_FALSE(real.exists(at("file/below a file")));
  CHECK(real.free_bytes(folder.path()) > 0);
}

TEST_CASE("every failure names the path and the cause") {
  const test::TemporaryFolder folder;
  auto& real = posix_fs();
  const auto absent = folder.path() / "absent";
  const auto names_cause = Catch::Matches(".*absent.*: No such file or directory");
  CHECK_THROWS_WITH(real.create(absent / "file"), names_cause);
  CHECK_THROWS_WITH(real.make_directory(absent / "folder"), names_cause);
  CHECK_THROWS_WITH(real.rename(absent, folder.path() / "b"), names_cause);
  CHECK_THROWS_WITH(real.remove_file(absent), names_cause);
  CHECK_THROWS_WITH(real.symlink("x", absent / "link"), names_cause);
  CHECK_THROWS_WITH(real.sync_directory(absent), names_cause);
  CHECK_THROWS_WITH(real.list(absent), names_cause);
  CHECK_THROWS_WITH(real.read(absent), names_cause);
  CHECK_THROWS_WITH(real.free_bytes(absent), names_cause);
  CHECK_THROWS_AS(real.make_directory(folder.path()), IoError);
  CHECK_THROWS_AS(real.create(folder.path()), IoError);
  CHECK_THROWS_AS(real.create(folder.path() / std::string(300, 'n')), IoError);
  CHECK_THROWS_AS(real.exists(folder.path() / std::string(300, 'n')), IoError);
}

TEST_CASE("a full device is an error of the write") {
  const auto file = posix_fs().create("/dev/full");
  CHECK_THROWS_WITH(file->write(bytes_of("x")),
                    "cannot write '/dev/full': No space left on device");
}

TEST_CASE("a full disk keeps the old content and leaves nothing behind") {
  const test::TemporaryFolder folder;
  const std::string quoted = test::shell_quote(folder.path().string());
  if (test::run_shell("mount -t tmpfs -o size=64k finetune-test " + quoted).exit_code != 0) {
    WARN("SKIPPED: mounting a small tmpfs needs root");
    return;
  }
  const auto path = folder.path() / "state";
  base::write_file_durably(posix_fs(), path, "old");
  CHECK_THROWS_WITH(base::write_file_durably(posix_fs(), path, std::string(100'000, 'x')),
                    Catch::Contains("No space left on device"));
  CHECK(posix_fs().read(path) == "old");
  CHECK(posix_fs().list(folder.path()) == std::vector<std::string>{"state"});
  CHECK(posix_fs().free_bytes(folder.path()) < 65'536);
  test::run_shell("umount " + quoted);
}

TEST_CASE("a file larger than the process may write is an error, not a signal") {
  const test::TemporaryFolder folder;
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{}, small{};
  getrlimit(RLIMIT_FSIZE, &limit);
  small = {1000, limit.rlim_max};
  const auto file = posix_fs().create(folder.path() / "file");
  std::string message;
  setrlimit(RLIMIT_FSIZE, &small);
  try {
    file->write(bytes_of(std::string(2000, 'x')));
  } catch (const IoError& error) {
    message = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, before);
  CHECK_THAT(message, Catch::Contains("File too large"));
}

TEST_CASE("reading refuses what is too large or not a regular file") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "file";
  test::write_file(path, "12345");
  CHECK(base::read_file(path, 5) == "12345");
  CHECK_THROWS_WITH(base::read_file(path, 4), Catch::Contains("larger than the limit of 4 bytes"));
  REQUIRE(mkfifo((folder.path() / "fifo").c_str(), 0600) == 0);
  CHECK_THROWS_WITH(base::read_file(folder.path() / "fifo"), Catch::Contains("is a FIFO"));
  CHECK_THROWS_WITH(base::read_file(folder.path()), Catch::Contains("is a folder"));
  CHECK_THROWS_WITH(base::read_file("/dev/zero"), Catch::Contains("is a device"));
  fs::create_symlink(path, folder.path() / "link");
  CHECK(base::read_file(folder.path() / "link") == "12345");
  CHECK_FALSE(base::read_file("/proc/self/status").empty());  // its size is said to be 0
  CHECK_THROWS_AS(base::read_file("/proc/self/status", 10), IoError);
}

TEST_CASE("a huge sparse file is refused before its bytes are read") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "file", "");
  fs::resize_file(folder.path() / "file", uint64_t{1} << 40);
  CHECK_THROWS_AS(base::read_file(folder.path() / "file"), IoError);
}

TEST_CASE("a relative name without a folder is written durably, too") {
  const test::TemporaryFolder folder;
  const auto before = fs::current_path();
  fs::current_path(folder.path());
  base::write_file_durably(posix_fs(), "state", "text");
  fs::current_path(before);
  CHECK(posix_fs().list(folder.path()) == std::vector<std::string>{"state"});
  CHECK(posix_fs().read(folder.path() / "state") == "text");
}

TEST_CASE("a power cut at any moment leaves the old or the new content, whole") {
  bool has_old = false, has_new = false;
  const auto scenario = [&](test::CrashFs& fs) {
    has_old = has_new = false;
    fs.add_folder("/run");
    base::write_file_durably(fs, "/run/state", "old content");
    has_old = true;
    base::write_file_durably(fs, "/run/state", "new content");
    has_new = true;
  };
  int num_old = 0, num_new = 0;
  test::for_each_crash(scenario, [&](test::CrashFs& survivor, const test::CrashPoint& point) {
    INFO(point.description);
    const bool is_there = survivor.exists("/run/state");
    const std::string text = is_there ? survivor.read("/run/state") : "";
    if (is_there) CHECK((text == "old content" || text == "new content"));
    if (has_old) CHECK(is_there);
    if (has_new) CHECK(text == "new content");
    num_old += text == "old content";
    num_new += text == "new content";
  });
  CHECK(num_old > 0);
  CHECK(num_new > 8);  // more than the eight survivors of the finished scenario
}

TEST_CASE("a failing operation leaves the old content and no staged file") {
  for (int64_t operation = 0; operation < 6; ++operation) {  // create ... rename
    for (const int cause : {ENOSPC, EIO}) {
      test::CrashFs::Plan plan;
      plan.fail_at =
          7 + operation;  // create, reserve, write, sync, close, rename, sync: the old content
      plan.error_number = cause;
      test::CrashFs fs(plan);
      base::write_file_durably(fs, "/state", "old");
      CHECK_THROWS_AS(base::write_file_durably(fs, "/state", "new"), IoError);
      INFO(fs.operations()[static_cast<size_t>(plan.fail_at)]);
      CHECK(fs.read("/state") == "old");
      CHECK(fs.list("/") == std::vector<std::string>{"state"});
    }
  }
}

TEST_CASE("a failing sync of the folder is reported") {
  test::CrashFs::Plan plan;
  plan.fail_at = 6;
  test::CrashFs fs(plan);
  CHECK_THROWS_WITH(base::write_file_durably(fs, "/state", "new"), Catch::Contains("sync folder"));
}

TEST_CASE("a synced file holds its bytes after a power cut once its folder is synced") {
  test::CrashFs fs;
  fs.add_folder("/checkpoint");
  base::write_file_synced(fs, "/checkpoint/state", "text");
  fs.sync_directory("/checkpoint");
  CHECK(fs.reboot(test::Survival::kOnlySynced)->read("/checkpoint/state") == "text");
}

TEST_CASE("two names are exchanged, whatever they stand for") {
  const test::TemporaryFolder folder;
  const auto a = folder.path() / "a", b = folder.path() / "b";
  test::write_file(a / "file", "one");
  test::write_file(b, "two");
  posix_fs().exchange(a, b);
  CHECK(posix_fs().read(a) == "two");
  CHECK(posix_fs().read(b / "file") == "one");
  CHECK_THROWS_WITH(posix_fs().exchange(a, folder.path() / "absent"),
                    Catch::Contains("absent") && Catch::Contains("No such file"));
}

TEST_CASE("a file whose sync has failed is never synced again as if nothing were lost") {
  const auto file = posix_fs().create("/dev/full");  // a device that has no fsync
  file->reserve(1);
  CHECK_THROWS_WITH(file->sync(), "cannot sync '/dev/full': Invalid argument");
  CHECK_THROWS_WITH(file->sync(), "'/dev/full' lost data: write it anew");
}
