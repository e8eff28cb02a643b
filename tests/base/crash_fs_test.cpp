#include "support/crash_fs.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "base/error.h"
#include "support/test_support.h"

using namespace finetune;
using test::CrashFs;
using test::CrashSignal;
using test::Survival;

namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

void put(base::Fs& fs, const std::string& path, const std::string& text, bool is_synced) {
  const auto file = fs.create(path);
  file->write(bytes_of(text));
  if (is_synced) file->sync();
  file->close();
}

CrashFs::Plan crash_at(int64_t operation) {
  CrashFs::Plan plan;
  plan.crash_at = operation;
  return plan;
}

CrashFs::Plan fail_at(int64_t operation, int error_number, bool is_lasting = false) {
  CrashFs::Plan plan;
  plan.fail_at = operation;
  plan.error_number = error_number;
  plan.is_lasting = is_lasting;
  return plan;
}

}  // namespace

TEST_CASE("the running system sees every write at once") {
  CrashFs fs;
  fs.make_directory("/run");
  put(fs, "/run/b", "two", false);
  put(fs, "/run/a", "one", false);
  CHECK(fs.list("/run") == std::vector<std::string>{"a", "b"});
  CHECK(fs.read("/run/a") == "one");
  fs.rename("/run/a", "/run/b");
  CHECK(fs.list("/run") == std::vector<std::string>{"b"});
  CHECK(fs.read("/run/b") == "one");
  CHECK_FALSE(fs.exists("/run/a"));
}

TEST_CASE("a power cut takes a file whose folder was not synced") {
  CrashFs fs;
  put(fs, "/state", "new", true);
  CHECK_FALSE(fs.reboot(Survival::kOnlySynced)->exists("/state"));
  CHECK(fs.reboot(Survival::kEverything)->read("/state") == "new");
  fs.sync_directory("/");
  CHECK(fs.reboot(Survival::kOnlySynced)->read("/state") == "new");
}

TEST_CASE("a power cut takes or tears bytes that were not synced") {
  CrashFs fs;
  const auto file = fs.create("/log");
  file->write(bytes_of("1234"));
  file->sync();
  file->write(bytes_of("abcd"));
  fs.sync_directory("/");
  CHECK(fs.reboot(Survival::kOnlySynced)->read("/log") == "1234");
  CHECK(fs.reboot(Survival::kEverything)->read("/log") == "1234abcd");
  CHECK(fs.reboot(Survival::kNamesOnly)->read("/log") == "1234");
  CHECK(fs.reboot(Survival::kTornData)->read("/log") == std::string("1234ab\0\0", 8));
}

TEST_CASE("truncating a synced file keeps the old bytes until the new ones are synced") {
  CrashFs fs;
  put(fs, "/state", "old", true);
  fs.sync_directory("/");
  put(fs, "/state", "new", false);
  CHECK(fs.read("/state") == "new");
  CHECK(fs.reboot(Survival::kOnlySynced)->read("/state") == "old");
  CHECK(fs.reboot(Survival::kNamesOnly)->read("/state").empty());
}

TEST_CASE("a rename may be lost, and may reach the disk before the data") {
  CrashFs fs;
  put(fs, "/state", "old", true);
  fs.sync_directory("/");
  put(fs, "/staged", "new", false);
  fs.rename("/staged", "/state");
  CHECK(fs.reboot(Survival::kOnlySynced)->read("/state") == "old");
  CHECK(fs.reboot(Survival::kNamesOnly)->read("/state").empty());
}

TEST_CASE("mixed survival depends on the seed and shows every outcome") {
  CrashFs fs;
  put(fs, "/a", "one", false);
  put(fs, "/b", "two", false);
  std::set<std::string> outcomes;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const auto survivor = fs.reboot(Survival::kMixed, seed);
    std::string outcome;
    for (const char* name : {"/a", "/b"}) {
      outcome += survivor->exists(name) ? "[" + survivor->read(name) + "]" : "-";
    }
    outcomes.insert(outcome);
    CHECK(fs.reboot(Survival::kMixed, seed)->exists("/a") == survivor->exists("/a"));
  }
  CHECK(outcomes.size() == 16);  // per file: absent, whole, empty, torn
}

TEST_CASE("a crash stops the planned operation and everything after it") {
  CrashFs fs(crash_at(1));
  const auto file = fs.create("/a");
  CHECK_THROWS_AS(file->write(bytes_of("1234")), CrashSignal);
  CHECK_THROWS_AS(file->sync(), CrashSignal);
  CHECK_THROWS_AS(fs.exists("/a"), CrashSignal);
  CHECK_THROWS_AS(fs.remove_tree("/a"), CrashSignal);
  CHECK(fs.operations() == std::vector<std::string>{"create /a", "write /a"});
  CHECK(fs.reboot(Survival::kEverything)->read("/a") == "12");
}

TEST_CASE("a planned failure is an IoError and the world goes on") {
  CrashFs fs(fail_at(1, ENOSPC));
  const auto file = fs.create("/a");
  CHECK_THROWS_WITH(file->write(bytes_of("12")), Catch::Contains("No space left on device"));
  file->write(bytes_of("34"));
  CHECK(fs.read("/a") == "134");  // half of the failed write was done
}

TEST_CASE("a full disk stays full, but removing still works") {
  CrashFs fs(fail_at(1, ENOSPC, true));
  const auto file = fs.create("/a");
  CHECK_THROWS_AS(file->write(bytes_of("12")), IoError);
  CHECK_THROWS_AS(file->write(bytes_of("12")), IoError);
  CHECK_THROWS_AS(fs.make_directory("/b"), IoError);
  fs.remove_file("/a");
  CHECK(fs.list("/").empty());
}

TEST_CASE("after a failed sync the next one claims success and saves nothing") {
  CrashFs fs(fail_at(2, EIO));
  const auto file = fs.create("/a");
  file->write(bytes_of("data"));
  CHECK_THROWS_WITH(file->sync(), Catch::Contains("Input/output error"));
  CHECK_NOTHROW(file->sync());
  fs.sync_directory("/");
  CHECK(fs.reboot(Survival::kOnlySynced)->read("/a").empty());
}

TEST_CASE("removing a tree can be interrupted between its entries") {
  CrashFs fs(crash_at(7));
  fs.make_directory("/t");
  fs.make_directory("/t/u");
  fs.create("/t/u/a");
  fs.create("/t/u/b");
  fs.create("/t/v");
  fs.remove_tree("/nothing here");
  CHECK_THROWS_AS(fs.remove_tree("/t"), CrashSignal);
  CHECK(fs.operations()[5] == "remove /t/u/a");
  const auto survivor = fs.reboot(Survival::kEverything);
  CHECK(survivor->list("/t") == std::vector<std::string>{"u", "v"});
  CHECK(survivor->list("/t/u").empty());
}

TEST_CASE("links are followed except by what works on the link itself") {
  CrashFs fs;
  fs.make_directory("/run");
  fs.make_directory("/run/checkpoint-1");
  put(fs, "/run/checkpoint-1/state", "one", false);
  fs.symlink("checkpoint-1", "/run/last");
  CHECK(fs.read("/run/last/state") == "one");
  CHECK(fs.list("/run/last") == std::vector<std::string>{"state"});
  fs.symlink("/run/absent", "/run/dangling");
  CHECK(fs.exists("/run/dangling"));
  CHECK_THROWS_AS(fs.read("/run/dangling"), IoError);
  fs.symlink("checkpoint-1", "/run/.last.tmp");
  fs.rename("/run/.last.tmp", "/run/last");
  fs.remove_file("/run/last");
  CHECK(fs.exists("/run/checkpoint-1/state"));
  fs.symlink("loop", "/loop");
  CHECK_THROWS_AS(fs.read("/loop"), IoError);
}

TEST_CASE("the fake refuses what a real file system refuses") {
  CrashFs fs;
  fs.add_folder("/run/full");
  put(fs, "/run/full/a", "a", false);
  put(fs, "/run/file", "f", false);
  fs.make_directory("/run/empty");
  CHECK_THROWS_AS(fs.make_directory("/run/empty"), IoError);
  CHECK_THROWS_AS(fs.make_directory("/absent/a"), IoError);
  CHECK_THROWS_AS(fs.create("/absent/a"), IoError);
  CHECK_THROWS_AS(fs.create("/run/full"), IoError);
  CHECK_THROWS_AS(fs.create("/run/file/a"), IoError);
  CHECK_THROWS_AS(fs.rename("/run/empty", "/run/full"), IoError);
  CHECK_THROWS_AS(fs.rename("/run/file", "/run/full"), IoError);
  CHECK_THROWS_AS(fs.rename("/run/full", "/run/file"), IoError);
  CHECK_THROWS_AS(fs.rename("/run/absent", "/run/b"), IoError);
  CHECK_THROWS_AS(fs.remove_file("/run/full"), IoError);
  CHECK_THROWS_AS(fs.symlink("x", "/run/file"), IoError);
  CHECK_THROWS_AS(fs.read("/run"), IoError);
  CHECK_THROWS_AS(fs.list("/run/file"), IoError);
  CHECK_THROWS_AS(fs.sync_directory("/absent"), IoError);
  CHECK_NOTHROW(fs.rename("/run/full", "/run/empty"));
}

TEST_CASE("the surviving files can be laid on a real disk") {
  CrashFs fs;
  fs.add_folder("/run");
  fs.make_directory("/run/checkpoint-1");
  put(fs, "/run/checkpoint-1/state", std::string("a\0b", 3), false);
  fs.symlink("checkpoint-1", "/run/last");
  const test::TemporaryFolder folder;
  fs.copy_to_disk("/run", folder.path() / "copy");
  CHECK(test::read_file(folder.path() / "copy/last/state") == std::string("a\0b", 3));
}

TEST_CASE("every operation of a scenario is interrupted once, and its end is seen too") {
  const auto scenario = [](CrashFs& fs) { put(fs, "/a", "12", true); };  // 4 operations
  std::map<int64_t, int> num_checks;
  int num_whole = 0;
  test::for_each_crash(scenario, [&](CrashFs& survivor, const test::CrashPoint& point) {
    INFO(point.description);
    ++num_checks[point.operation];
    if (survivor.exists("/a") && survivor.read("/a") == "12") ++num_whole;
    survivor.create("/after");  // the survivor is usable
  });
  CHECK(num_checks.size() == 5);
  CHECK(num_checks[0] == 8);
  CHECK(num_whole > 0);
  CHECK(num_whole < 24);
}

TEST_CASE("an exchange swaps two names, and needs both") {
  CrashFs fs;
  fs.make_directory("/a");
  put(fs, "/a/file", "one", false);
  put(fs, "/b", "two", false);
  fs.exchange("/a", "/b");
  CHECK(fs.read("/a") == "two");
  CHECK(fs.read("/b/file") == "one");
  CHECK_THROWS_AS(fs.exchange("/a", "/absent"), IoError);
  CHECK_THROWS_AS(fs.exchange("/absent", "/a"), IoError);
  CHECK(fs.operations().back() == "exchange /absent <-> /a");
}
