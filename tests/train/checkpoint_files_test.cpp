#include "train/checkpoint_files.h"

#include <ATen/ops/ones.h>

#include <catch2/catch.hpp>

#include "base/error.h"
#include "models/model.h"
#include "support/crash_fs.h"
#include "support/test_support.h"
#include "train/toy_run.h"

namespace finetune::train {
namespace {

TEST_CASE("moments and state come back as they were written") {
  const test::TemporaryFolder folder;
  test::ToyRun run(folder.path(), test::toy_options());
  run.run();
  test::ToyRun again(folder.path(), test::toy_options());
  CHECK(again.fingerprint() == run.fingerprint());
  CHECK(to_json_text(again.state()) == test::read_file(folder.path() / "last" / "state.json"));
}

TEST_CASE("a checkpoint of another model is refused with the file's name") {
  const test::TemporaryFolder folder;
  test::ToyRun run(folder.path(), test::toy_options());
  run.run();
  optim::FlatParameters parameters({{"weight", at::ones({3}).requires_grad_(), true}});
  optim::AdamW optimizer(parameters, {});
  try {
    read_train_state(folder.path() / "last", optimizer);
    FAIL("no error");
  } catch (const CheckpointError& error) {
    CHECK_THAT(error.report(),
               Catch::Contains("optimizer.safetensors") && Catch::Contains("exp_avg"));
  }
}

TEST_CASE("what is written of a state is on the disk once its folder is synced") {
  const test::TemporaryFolder folder;
  test::ToyRun run(folder.path(), test::toy_options());
  run.run();
  test::CrashFs files;
  files.add_folder("/checkpoint");
  optim::FlatParameters parameters({{"weight", at::ones({3}).requires_grad_(), true}});
  const optim::AdamW optimizer(parameters, {});
  write_train_state(files, "/checkpoint", run.state(), optimizer);
  files.sync_directory("/checkpoint");
  const auto survivor = files.reboot(test::Survival::kOnlySynced);
  for (const std::string& name : files.list("/checkpoint")) {
    INFO(name);
    CHECK((survivor->read("/checkpoint/" + name) == files.read("/checkpoint/" + name)));
    CHECK_FALSE(files.read("/checkpoint/" + name).empty());
  }
  CHECK(survivor->list("/checkpoint").size() == 2);
}

}  // namespace
}  // namespace finetune::train
