#include "base/folder_writer.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/strings.h"
#include "support/crash_fs.h"
#include "support/test_support.h"

using namespace finetune;
namespace fs = std::filesystem;
using test::CrashFs;

namespace {

using Names = std::vector<std::string>;

/// A folder of two files that hold `text`.
std::function<void(const fs::path&)> two_files(base::Fs& files, const std::string& text) {
  return [&files, text](const fs::path& folder) {
    base::write_file_synced(files, folder / "a", text);
    base::write_file_synced(files, folder / "b", text);
  };
}

/// What both files of a folder hold; "" where it is absent.
std::string text_of(base::Fs& files, const fs::path& folder) {
  if (!files.exists(folder)) return "";
  if (files.list(folder) != Names{"a", "b"}) return "torn";
  const std::string text = files.read(folder / "a");
  return files.read(folder / "b") == text && !text.empty() ? text : "torn";
}

void write(base::Fs& files, const std::string& text) {
  base::write_folder_durably(files, "/deep/er/out", two_files(files, text));
}

}  // namespace

TEST_CASE("a folder appears with its parents, replaces another, and nothing is left beside it") {
  const test::TemporaryFolder folder;
  base::Fs& real = base::posix_fs();
  const fs::path target = folder.path() / "deep/er/out";
  for (const std::string text : {"old", "new"}) {
    base::write_folder_durably(real, target, two_files(real, text));
    CHECK(text_of(real, target) == text);
    CHECK(real.list(target.parent_path()) == Names{"out"});
  }
}

TEST_CASE("a power cut at any moment leaves the old or the new folder, whole") {
  std::string reported;
  const auto scenario = [&](CrashFs& files) {
    reported.clear();
    for (const std::string text : {"old", "new"}) {
      write(files, text);
      reported = text;
    }
  };
  int num_old = 0, num_new = 0;
  test::for_each_crash(scenario, [&](CrashFs& survivor, const test::CrashPoint& point) {
    INFO(point.description);
    const std::string text = text_of(survivor, "/deep/er/out");
    if (reported.empty()) CHECK((text.empty() || text == "old"));
    if (reported == "old") CHECK((text == "old" || text == "new"));
    if (reported == "new") CHECK(text == "new");
    num_old += text == "old";
    num_new += text == "new";
    write(survivor, "newer");
    CHECK(text_of(survivor, "/deep/er/out") == "newer");
    CHECK(survivor.list("/deep/er") == Names{"out"});
  });
  CHECK(num_old > 8);
  CHECK(num_new > 8);  // more than the eight survivors of the finished scenario
}

TEST_CASE("what a killed process has just replaced goes only once that lasts") {
  const auto scenario = [](CrashFs& files) {
    write(files, "old");
    const fs::path left = base::cat("/deep/er/.out.tmp.", getpid());
    files.make_directory(left);
    two_files(files, "new")(left);
    files.sync_directory(left);
    files.exchange(left, "/deep/er/out");  // killed here
    write(files, "newer");
  };
  test::for_each_crash(scenario, [](CrashFs& survivor, const test::CrashPoint& point) {
    INFO(point.description);
    CHECK(text_of(survivor, "/deep/er/out") != "torn");
  });
}

TEST_CASE("a write that fails at any operation leaves the old folder and nothing beside it") {
  CrashFs whole;
  write(whole, "old");
  const auto first = static_cast<int64_t>(whole.operations().size());
  write(whole, "new");
  const Names& operations = whole.operations();
  int num_failures = 0;
  for (int64_t at = first; at < static_cast<int64_t>(operations.size()); ++at) {
    const std::string& operation = operations[static_cast<size_t>(at)];
    INFO(operation);
    CrashFs::Plan plan;
    plan.fail_at = at;
    plan.error_number = EIO;
    CrashFs files(plan);
    write(files, "old");
    if (operation.starts_with("remove")) {  // costs space only
      CHECK_NOTHROW(write(files, "new"));
      CHECK(text_of(files, "/deep/er/out") == "new");
      continue;
    }
    CHECK_THROWS_AS(write(files, "new"), IoError);
    ++num_failures;
    if (operation == "sync folder /deep/er") continue;  // the new one is there and may not last
    CHECK(text_of(files, "/deep/er/out") == "old");
    CHECK(files.list("/deep/er") == Names{"out"});
  }
  CHECK(num_failures > 10);
}

TEST_CASE("an error of whoever fills the folder passes on, and the folder goes") {
  CrashFs files;
  const auto fail = [](const fs::path&) { throw DataError("no rows"); };
  CHECK_THROWS_AS(base::write_folder_durably(files, "/out", fail), DataError);
  CHECK(files.list("/").empty());
}

TEST_CASE("what dead processes left is removed, what others write or own stays") {
  const test::TemporaryFolder folder;
  const pid_t gone = fork();
  if (gone == 0) _exit(0);
  waitpid(gone, nullptr, 0);
  base::Fs& real = base::posix_fs();
  const auto left_by = [](pid_t process) { return base::cat(".out.tmp.", process); };
  for (const std::string& name : {left_by(gone), left_by(getpid()), left_by(getppid()),
                                  std::string(".out.tmp.notes"), base::cat(".own.tmp.", gone)}) {
    test::write_file(folder.path() / name / "a", "x");
  }
  base::write_folder_durably(real, folder.path() / "out", two_files(real, "new"));
  Names expected = {base::cat(".own.tmp.", gone), left_by(getppid()), ".out.tmp.notes", "out"};
  std::ranges::sort(expected);
  CHECK(real.list(folder.path()) == expected);
}
