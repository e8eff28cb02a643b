#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "base/error.h"
#include "support/crash_fs.h"
#include "support/test_support.h"
#include "train/checkpoint_store.h"
#include "train/manifest.h"
#include "train/saved_steps.h"

namespace finetune::train {
namespace {

namespace fs = std::filesystem;
using test::files_of;
using test::kNeededBytes;
using test::names_in;

TEST_CASE("without keep_best the link `best` goes with its checkpoint") {
  const test::TemporaryFolder folder;
  CheckpointStore store(base::posix_fs(), folder.path(), {2, false});
  store.save(1, true, kNeededBytes, files_of(1));
  store.save(2, false, kNeededBytes, files_of(2));
  CHECK(fs::read_symlink(folder.path() / "best") == "checkpoint-1");
  store.save(3, false, kNeededBytes, files_of(3));
  CHECK(names_in(folder.path()) == std::set<std::string>{"checkpoint-2", "checkpoint-3", "last"});
}

TEST_CASE("a resume mends links that a crash left behind") {
  const test::TemporaryFolder folder;
  {
    CheckpointStore store(base::posix_fs(), folder.path(), {3, true});
    store.save(1, true, kNeededBytes, files_of(1));
    store.save(2, true, kNeededBytes, files_of(2));
  }
  for (const char* link : {"best", "last"}) {  // as if the run had died before moving them
    fs::remove(folder.path() / link);
    fs::create_symlink("checkpoint-1", folder.path() / link);
  }
  CheckpointStore store(base::posix_fs(), folder.path(), {3, true});
  store.restore(2, 2);
  CHECK(fs::read_symlink(folder.path() / "best") == "checkpoint-2");
  CHECK(fs::read_symlink(folder.path() / "last") == "checkpoint-2");
  store.restore(2, 7);  // a best model that is not there
  CHECK(fs::read_symlink(folder.path() / "best") == "checkpoint-2");
}

/// Two checkpoints, the first of them the best, with folders in the place of links.
void save_and_copy(const fs::path& folder) {
  CheckpointStore store(base::posix_fs(), folder, {3, true});
  store.save(1, true, kNeededBytes, files_of(1));
  store.save(2, false, kNeededBytes, files_of(2));
  for (const char* link : {"best", "last"}) {
    const fs::path checkpoint = fs::canonical(folder / link);
    fs::remove(folder / link);
    fs::copy(checkpoint, folder / link, fs::copy_options::recursive);
  }
}

void restore(const fs::path& folder) {
  CheckpointStore(base::posix_fs(), folder, {3, true}).restore(2, 1);
  CHECK(fs::read_symlink(folder / "best") == "checkpoint-1");
  CHECK(fs::read_symlink(folder / "last") == "checkpoint-2");
}

TEST_CASE("copies of checkpoints in the place of links give way to links") {
  const test::TemporaryFolder folder;
  save_and_copy(folder.path());
  restore(folder.path());
  CHECK(names_in(folder.path()) ==
        std::set<std::string>{"best", "checkpoint-1", "checkpoint-2", "last"});
}

TEST_CASE("a folder in the place of a link that holds more than a whole checkpoint is kept") {
  const test::TemporaryFolder folder;
  save_and_copy(folder.path());
  const fs::path state = folder.path() / checkpoint_name(1) / "state.json";
  SECTION("a file of its own") { test::write_file(folder.path() / "best" / "notes.txt", "mine"); }
  SECTION("a whole copy of what is damaged") { test::write_file(state, "{\"step\":?}"); }
  SECTION("no checkpoint at all") { fs::remove(folder.path() / "best" / kManifestName); }
  const auto held = names_in(folder.path() / "best");
  restore(folder.path());
  CHECK(names_in(folder.path() / "copied-best") == held);
}

TEST_CASE("a link that cannot be moved leaves no temporary one") {
  const auto save = [](test::CrashFs& files) {
    files.add_folder("/run");
    CheckpointStore(files, "/run", {2, true}).save(1, true, kNeededBytes, files_of(1));
  };
  test::CrashFs whole;
  save(whole);
  int64_t num_renames = 0;
  for (int64_t i = 0; i < std::ssize(whole.operations()); ++i) {
    const std::string& operation = whole.operations()[static_cast<size_t>(i)];
    if (!operation.starts_with("rename") || operation.find(".tmp-checkpoint") != std::string::npos)
      continue;
    ++num_renames;
    test::CrashFs::Plan plan;
    plan.fail_at = i;
    test::CrashFs files(plan);
    CHECK_THROWS_AS(save(files), IoError);
    for (const std::string& name : files.list("/run")) CHECK_FALSE(name.starts_with(".tmp-"));
  }
  CHECK(num_renames == 2);
}

TEST_CASE("damaged checkpoints are set aside whole, and whole ones stay") {
  const test::TemporaryFolder folder;
  CheckpointStore store(base::posix_fs(), folder.path(), {9, true});
  for (int64_t step = 1; step <= 4; ++step) store.save(step, false, kNeededBytes, files_of(step));
  test::write_file(folder.path() / "checkpoint-2" / "state.json", "{}");
  test::write_file(folder.path() / "checkpoint-4" / kManifestName, "{");
  set_damaged_aside(base::posix_fs(), folder.path());
  CHECK(names_in(folder.path()) == std::set<std::string>{"checkpoint-1", "checkpoint-3",
                                                         "damaged-checkpoint-2",
                                                         "damaged-checkpoint-4"});
  CHECK(test::read_file(folder.path() / "damaged-checkpoint-2" / "state.json") == "{}");
  CHECK(find_newest_checkpoint(folder.path())->step == 3);
  store.save(4, false, kNeededBytes, files_of(4));
  test::write_file(folder.path() / "checkpoint-4" / "state.json", "");
  set_damaged_aside(base::posix_fs(), folder.path());  // the name is taken
  CHECK(names_in(folder.path()).size() == 5);
  CHECK(find_newest_checkpoint(folder.path())->step == 3);
}

TEST_CASE("links to checkpoints that are set aside go with them") {
  const test::TemporaryFolder folder;
  CheckpointStore store(base::posix_fs(), folder.path(), {9, true});
  store.save(1, true, kNeededBytes, files_of(1));
  store.save(2, false, kNeededBytes, files_of(2));
  test::write_file(folder.path() / "best" / "state.json", "?");
  set_damaged_aside(base::posix_fs(), folder.path());
  CHECK(names_in(folder.path()) ==
        std::set<std::string>{"checkpoint-2", "damaged-checkpoint-1", "last"});
}

}  // namespace
}  // namespace finetune::train
