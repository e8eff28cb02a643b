#include "train/checkpoint_store.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "base/error.h"
#include "base/strings.h"
#include "support/crash_fs.h"
#include "support/test_support.h"
#include "train/manifest.h"
#include "train/saved_steps.h"

namespace finetune::train {
namespace {

namespace fs = std::filesystem;
using test::files_of;
using test::kNeededBytes;
using test::names_in;
using test::save_and_damage;

TEST_CASE("the newest checkpoints and the best one are kept, and the links stand for them") {
  const test::TemporaryFolder folder;
  CheckpointStore store(base::posix_fs(), folder.path(), {2, true});
  for (int64_t step = 1; step <= 5; ++step)
    store.save(step, step == 2, kNeededBytes, files_of(step));
  CHECK(names_in(folder.path()) ==
        std::set<std::string>{"best", "checkpoint-2", "checkpoint-4", "checkpoint-5", "last"});
  CHECK(fs::read_symlink(folder.path() / "best") == "checkpoint-2");
  CHECK(fs::read_symlink(folder.path() / "last") == "checkpoint-5");
  CHECK(find_newest_checkpoint(folder.path())->step == 5);
  CHECK(verify_manifest(folder.path() / "best").files.size() == 2);
}

TEST_CASE("without keep_best only the newest stay; keeping none still keeps the last") {
  const test::TemporaryFolder folder;
  CheckpointStore store(base::posix_fs(), folder.path(), {0, false});
  for (int64_t step = 1; step <= 3; ++step)
    store.save(step, step == 1, kNeededBytes, files_of(step));
  CHECK(names_in(folder.path()).contains("checkpoint-3"));
  CHECK_FALSE(names_in(folder.path()).contains("checkpoint-1"));
}

TEST_CASE("a best checkpoint of before a resume survives rotation") {
  const test::TemporaryFolder folder;
  {
    CheckpointStore store(base::posix_fs(), folder.path(), {1, true});
    store.save(1, true, kNeededBytes, files_of(1));
  }
  CheckpointStore store(base::posix_fs(), folder.path(), {1, true});
  store.restore(1, 1);
  store.save(2, false, kNeededBytes, files_of(2));
  store.save(3, false, kNeededBytes, files_of(3));
  CHECK(names_in(folder.path()).contains("checkpoint-1"));
  CHECK_FALSE(names_in(folder.path()).contains("checkpoint-2"));
}

TEST_CASE(
    "after a power cut at any operation the newest reported checkpoint, or a newer one, is there "
    "whole") {
  constexpr int64_t kSaves = 4;
  int64_t reported = 0;
  const auto scenario = [&](test::CrashFs& files) {
    reported = 0;
    files.add_folder("/run");
    CheckpointStore store(files, "/run", {2, true});
    for (int64_t step = 1; step <= kSaves; ++step) {
      store.save(step, step == 2, kNeededBytes, files_of(step));
      reported = step;
    }
  };
  test::for_each_crash(scenario, [&](test::CrashFs& survivor, const test::CrashPoint& point) {
    const test::TemporaryFolder folder;
    survivor.copy_to_disk("/run", folder.path());
    INFO(point.description << " with " << reported << " saves reported");
    const auto found = find_newest_checkpoint(folder.path());
    REQUIRE((found.has_value() || reported == 0));
    if (!found) return;
    CHECK(found->step >= reported);
    CHECK(test::read_file(found->folder / "state.json") ==
          base::cat("{\"step\":", found->step, "}"));
    if (reported >= 2) CHECK(verify_manifest(folder.path() / "best").step == 2);
    if (reported >= 1) CHECK(verify_manifest(folder.path() / "last").step >= reported);
    CheckpointStore again(base::posix_fs(), folder.path(), {2, true});
    again.sweep();
    for (const std::string& name : names_in(folder.path())) CHECK_FALSE(name.starts_with("."));
    again.save(9, false, kNeededBytes, files_of(9));
    CHECK(find_newest_checkpoint(folder.path())->step == 9);
  });
}

TEST_CASE("a save that fails at any operation leaves the older checkpoint and can be repeated") {
  int64_t num_operations = 0;
  {
    test::CrashFs files;
    files.add_folder("/run");
    CheckpointStore store(files, "/run", {2, true});
    store.save(1, true, kNeededBytes, files_of(1));
    store.save(2, false, kNeededBytes, files_of(2));
    num_operations = static_cast<int64_t>(files.operations().size());
  }
  for (int64_t fail_at = 0; fail_at < num_operations; ++fail_at) {
    test::CrashFs::Plan plan;
    plan.fail_at = fail_at;
    test::CrashFs files(plan);
    files.add_folder("/run");
    CheckpointStore store(files, "/run", {2, true});
    int64_t reported = 0;
    for (int64_t step = 1; step <= 2; ++step) {
      try {
        store.save(step, step == 1, kNeededBytes, files_of(step));
        reported = step;
      } catch (const IoError&) {
      }
    }
    const test::TemporaryFolder folder;
    files.copy_to_disk("/run", folder.path());
    INFO("failing operation " << fail_at);
    const auto found = find_newest_checkpoint(folder.path());
    REQUIRE((found.has_value() || reported == 0));
    if (found) CHECK(found->step >= reported);
  }
}

TEST_CASE("a full disk is an error before anything is written, with the bytes needed and free") {
  test::CrashFs::Plan plan;
  plan.free_bytes = 500;
  test::CrashFs files(plan);
  files.add_folder("/run");
  CheckpointStore store(files, "/run", {2, true});
  try {
    store.save(1, false, kNeededBytes, files_of(1));
    FAIL("no error");
  } catch (const IoError& error) {
    CHECK_THAT(error.report(), Catch::Contains("1000 bytes needed") && Catch::Contains("500 free"));
  }
  CHECK(files.list("/run").empty());
}

TEST_CASE(
    "a damaged newest checkpoint is passed over, and renamed when its step is reached again") {
  const test::TemporaryFolder folder;
  save_and_damage(folder.path(), 2, {2});
  CHECK(find_newest_checkpoint(folder.path())->step == 1);
  CHECK(names_in(folder.path()).contains("checkpoint-2"));
  CheckpointStore store(base::posix_fs(), folder.path(), {3, true});
  store.restore(1, std::nullopt);
  store.save(2, false, kNeededBytes, files_of(2));
  CHECK(find_newest_checkpoint(folder.path())->step == 2);
  CHECK(test::read_file(folder.path() / "damaged-checkpoint-2" / "state.json") == "{\"step\":?}");
}

TEST_CASE("damaged checkpoints neither count nor go in a rotation") {
  const test::TemporaryFolder folder;
  save_and_damage(folder.path(), 5, {2, 4, 5});
  for (const int64_t step : {6, 7}) {  // the second start passes over none: 6 is whole
    CheckpointStore store(base::posix_fs(), folder.path(), {2, true});
    store.restore(find_newest_checkpoint(folder.path())->step, std::nullopt);
    store.save(step, false, kNeededBytes, files_of(step));
    std::set<std::string> names = {"checkpoint-2", "checkpoint-4", "checkpoint-5", "last"};
    names.insert({checkpoint_name(step), checkpoint_name(step == 6 ? 3 : 6)});
    CHECK(names_in(folder.path()) == names);
  }
}

TEST_CASE("a save whose end failed is repeated at the same step") {
  test::CrashFs::Plan plan;
  {
    test::CrashFs files;
    files.add_folder("/run");
    CheckpointStore(files, "/run", {2, true}).save(1, false, kNeededBytes, files_of(1));
    plan.fail_at = std::ssize(files.operations()) - 1;  // syncing the folder of the links
  }
  test::CrashFs files(plan);
  files.add_folder("/run");
  CheckpointStore store(files, "/run", {2, true});
  CHECK_THROWS_AS(store.save(1, false, kNeededBytes, files_of(1)), IoError);
  REQUIRE(files.exists("/run/checkpoint-1"));
  store.save(1, false, kNeededBytes, files_of(1));
  CHECK(files.list("/run") == std::vector<std::string>{"checkpoint-1", "last"});
}

TEST_CASE("a checkpoint that was renamed is passed over") {
  const test::TemporaryFolder folder;
  CheckpointStore store(base::posix_fs(), folder.path(), {3, true});
  store.save(1, false, kNeededBytes, files_of(1));
  store.save(2, false, kNeededBytes, files_of(2));
  fs::rename(folder.path() / "checkpoint-2", folder.path() / "checkpoint-900");
  CHECK(find_newest_checkpoint(folder.path())->step == 1);
}

TEST_CASE("leftovers that cannot be removed do not stop a run") {
  const auto scenario = [](test::CrashFs& files) {
    files.add_folder("/run");
    files.add_folder("/run/.trash-checkpoint-1.5");
    CheckpointStore store(files, "/run", {2, true});
    store.sweep();
    store.save(1, false, kNeededBytes, files_of(1));
    return files.exists("/run/checkpoint-1");
  };
  test::CrashFs::Plan plan;
  plan.fail_at = 0;  // the sweep's first removal
  test::CrashFs files(plan);
  CHECK(scenario(files));
}

TEST_CASE("names that only look like checkpoints are none") {
  CHECK(checkpoint_step("runs/a/checkpoint-12") == 12);
  CHECK_FALSE(checkpoint_step("checkpoint-").has_value());
  CHECK_FALSE(checkpoint_step("checkpoint-1x").has_value());
  CHECK_FALSE(checkpoint_step("checkpoint-007").has_value());
  CHECK_FALSE(checkpoint_step(".tmp-checkpoint-3.99").has_value());
  const test::TemporaryFolder folder;
  CHECK_FALSE(find_newest_checkpoint(folder.path()).has_value());
  CHECK_FALSE(find_newest_checkpoint(folder.path() / "absent").has_value());
}

TEST_CASE("a disk with room for a checkpoint and not a byte more has too little") {
  test::CrashFs::Plan plan;
  for (const auto& [free, fits] :
       {std::pair<uint64_t, bool>(1000, false), {1049, false}, {1050, true}}) {
    plan.free_bytes = free;
    test::CrashFs files(plan);
    files.add_folder("/run");
    CheckpointStore store(files, "/run", {});
    INFO(free);
    if (fits) {
      CHECK_NOTHROW(store.save(1, false, 1000, files_of(1)));
    } else {
      CHECK_THROWS_WITH(store.save(1, false, 1000, files_of(1)),
                        Catch::Contains("1000 bytes needed"));
    }
  }
}

}  // namespace
}  // namespace finetune::train
