#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

#include <catch2/catch.hpp>
#include <limits>

#include "base/error.h"
#include "support/crash_fs.h"
#include "support/test_support.h"
#include "train/toy_run.h"

namespace finetune::train {
namespace {

using test::toy_options;
using test::ToyRun;

/// Makes every logit NaN from now on, or lets the model compute again.
void set_bias(models::SequenceClassifier& model, float value) {
  const at::NoGradGuard no_grad;
  for (auto& parameter : models::named_parameters(model.module())) {
    if (parameter.name == "head.output.bias" || parameter.name.ends_with("classifier.bias")) {
      parameter.value.fill_(value);
      return;
    }
  }
  FAIL("the model has no head bias of a known name");
}

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST_CASE("a loss that is not finite ends the run before the update, naming the rows") {
  const test::TemporaryFolder folder;
  ToyRun run(folder.path(), toy_options());
  run.record.after_step = [&](int64_t step) {
    if (step == 2) set_bias(*run.model, kNan);
  };
  try {
    run.run();
    FAIL("no error");
  } catch (const DivergedError& error) {
    CHECK(error.exit_code() == ExitCode::kDiverged);
    CHECK_THAT(error.report(), Catch::Contains("after 2 updates") && Catch::Contains("rows") &&
                                   Catch::Contains("learning_rate"));
  }
  CHECK(run.record.saved_steps.empty());
  CHECK(run.record.skips.size() == 1);
  CHECK(run.record.skips[0].rows.size() == 8);
}

TEST_CASE("skipping leaves weights, moments and schedule alone and goes on with the next batch") {
  const test::TemporaryFolder folder;
  TrainerOptions options = toy_options();
  options.skips_nonfinite = true;
  options.max_consecutive_skips = 3;
  ToyRun run(folder.path(), options);
  std::string before;
  run.record.after_step = [&](int64_t step) {
    if (step == 2) set_bias(*run.model, kNan);
  };
  CHECK_THROWS_AS(run.run(), DivergedError);
  CHECK(run.state().skipped_updates == 3);
  CHECK(run.state().position.updates == 2);
  CHECK(run.record.learning_rates.size() == 2);
}

TEST_CASE("a full disk lets the run go on with older checkpoints, but not for ever") {
  test::CrashFs::Plan plan;
  plan.free_bytes = 0;
  test::CrashFs files(plan);
  const test::TemporaryFolder folder;
  files.add_folder(folder.path());
  TrainerOptions options = toy_options();
  options.checkpoint_every = {Interval::Unit::kSteps, 2.0};
  options.evaluate_every = {Interval::Unit::kSteps, 0.0};
  ToyRun run(folder.path(), options, 0.1, &files);
  CHECK_THROWS_AS(run.run(), IoError);
  CHECK(run.state().position.updates == 6);  // the third failure in a row
}

TEST_CASE("the first failed save ends the run where that is asked for") {
  test::CrashFs::Plan plan;
  plan.free_bytes = 0;
  test::CrashFs files(plan);
  const test::TemporaryFolder folder;
  files.add_folder(folder.path());
  TrainerOptions options = toy_options();
  options.checkpoint_every = {Interval::Unit::kSteps, 2.0};
  options.evaluate_every = {Interval::Unit::kSteps, 0.0};
  options.max_failed_saves = 1;
  ToyRun run(folder.path(), options, 0.1, &files);
  CHECK_THROWS_AS(run.run(), IoError);
  CHECK(run.state().position.updates == 2);
}

TEST_CASE("a best model that could not be saved does not count as the best") {
  test::CrashFs::Plan plan;
  plan.free_bytes = 0;
  test::CrashFs files(plan);
  const test::TemporaryFolder folder;
  files.add_folder(folder.path());
  TrainerOptions options = toy_options();
  options.evaluate_every = {Interval::Unit::kSteps, 4.0};
  options.checkpoint_every = {Interval::Unit::kSteps, 0.0};
  ToyRun run(folder.path(), options, 0.1, &files);
  run.record.after_step = [&](int64_t step) { run.stop_requested = step == 5; };
  CHECK_THROWS_AS(run.run(), IoError);  // the stop must save
  CHECK(run.record.evaluated_steps == std::vector<int64_t>{4});
  CHECK_FALSE(run.state().best_metric.has_value());
}

TEST_CASE("the last save of a run must succeed") {
  test::CrashFs::Plan plan;
  plan.free_bytes = 0;
  test::CrashFs files(plan);
  const test::TemporaryFolder folder;
  files.add_folder(folder.path());
  TrainerOptions options = toy_options();
  options.checkpoint_every = {Interval::Unit::kSteps, 0.0};
  options.keep_best = false;
  ToyRun run(folder.path(), options, 0.1, &files);
  CHECK_THROWS_AS(run.run(), IoError);
  CHECK(run.state().position.updates == 10);
}

}  // namespace
}  // namespace finetune::train
