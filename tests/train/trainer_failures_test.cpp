#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

#include <catch2/catch.hpp>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "support/crash_fs.h"
#include "support/error_of.h"
#include "support/test_support.h"
#include "train/toy_run.h"

namespace finetune::train {
namespace {

using test::toy_options;
using test::ToyRun;

/// The bias of the head, which every logit has.
at::Tensor head_bias(models::SequenceClassifier& model) {
  for (auto& parameter : models::named_parameters(model.module())) {
    if (parameter.name.ends_with("classifier.bias")) return parameter.value;
  }
  throw InternalError("the model has no head bias of a known name");
}

void set_bias(models::SequenceClassifier& model, float value) {
  const at::NoGradGuard no_grad;
  head_bias(model).fill_(value);
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

/// A run of nine updates on the batches of another one, but for one of them.
std::string fingerprint_without(const std::filesystem::path& folder, const TrainerOptions& options,
                                const std::vector<std::vector<int64_t>>& batches,
                                std::vector<double>& learning_rates) {
  std::filesystem::create_directory(folder);
  size_t next = 0;
  ToyRun run(folder, options, 0.0, nullptr,
             [&](const data::EncodedDataset& train, std::span<const int64_t>, int64_t) {
               return data::make_batch(train, batches.at(next++));
             });
  run.record.after_step = [&](int64_t step) { run.stop_requested = step == 9; };
  run.run();
  learning_rates = run.record.learning_rates;
  return run.fingerprint();
}

TEST_CASE("skipping leaves weights, moments and schedule alone and goes on with the next batch") {
  const bool is_loss_bad = GENERATE(true, false);  // else the gradient of a loss that is finite
  const test::TemporaryFolder folder;
  TrainerOptions options = toy_options();
  options.skips_nonfinite = true;
  bool is_bad = false;
  at::Tensor bias_before;
  std::vector<std::vector<int64_t>> learned;
  size_t num_batches = 0;
  const auto note = [&](const data::EncodedDataset& train, std::span<const int64_t> rows, int64_t) {
    is_bad = ++num_batches == 3;
    if (!is_bad) learned.emplace_back(rows.begin(), rows.end());
    return data::make_batch(train, rows);
  };
  ToyRun run(folder.path(), options, 0.0, nullptr, note);  // no dropout: its masks count batches
  head_bias(*run.model).register_hook([&](const at::Tensor& gradient) {
    return is_bad ? gradient * std::numeric_limits<float>::infinity() : gradient;
  });
  run.record.after_step = [&](int64_t step) {
    if (!is_loss_bad || step != 2) return;
    bias_before = head_bias(*run.model).detach().clone();
    set_bias(*run.model, kNan);
  };
  run.record.after_skip = [&] {
    const at::NoGradGuard no_grad;
    if (is_loss_bad) head_bias(*run.model).copy_(bias_before);
  };
  CHECK(run.run() == Outcome::kFinished);
  REQUIRE(run.record.skips.size() == 1);
  CHECK_THAT(run.record.skips[0].reason,
             Catch::StartsWith(is_loss_bad ? "the loss is" : "the gradient norm is"));
  CHECK(run.state().skipped_updates == 1);
  CHECK(run.state().consecutive_skipped == 0);
  REQUIRE(run.record.learning_rates.size() == 9);
  std::vector<double> learning_rates;
  CHECK(run.fingerprint() ==
        fingerprint_without(folder.path() / "without", options, learned, learning_rates));
  CHECK(run.record.learning_rates == learning_rates);
}

TEST_CASE("so many skipped batches in a row end the run") {
  const test::TemporaryFolder folder;
  TrainerOptions options = toy_options();
  options.skips_nonfinite = true;
  options.max_consecutive_skips = 3;
  ToyRun run(folder.path(), options);
  run.record.after_step = [&](int64_t step) {
    if (step == 2) set_bias(*run.model, kNan);
  };
  CHECK_THROWS_AS(run.run(), DivergedError);
  CHECK(run.state().skipped_updates == 3);
  CHECK(run.state().position.updates == 2);
}

TEST_CASE("weights that an update made infinite are never saved") {
  const test::TemporaryFolder folder;
  TrainerOptions options = toy_options();
  options.checkpoint_every = {Interval::Unit::kSteps, 1.0};
  options.skips_nonfinite = true;  // which helps nobody here
  ToyRun run(folder.path(), options);
  run.record.after_step = [&](int64_t step) {
    if (step == 3) set_bias(*run.model, std::numeric_limits<float>::infinity());
  };
  CHECK_THAT(test::error_of<DivergedError>([&] { run.run(); }),
             Catch::Contains("classifier.bias") && Catch::Contains("after 3 updates"));
  CHECK(run.record.saved_steps == std::vector<int64_t>{1, 2});
  CHECK(find_newest_checkpoint(folder.path())->step == 2);
  CHECK(std::filesystem::exists(folder.path() / "checkpoint-1"));
}

TEST_CASE("an evaluation whose loss is infinite saves nothing") {
  const test::TemporaryFolder folder;
  TrainerOptions options = toy_options();
  options.checkpoint_every = {Interval::Unit::kSteps, 0.0};
  options.evaluate_every = {Interval::Unit::kSteps, 2.0};
  options.metric = "accuracy";  // finite whatever the logits are
  options.is_greater_better = true;
  ToyRun run(folder.path(), options);
  run.record.after_step = [&](int64_t step) {
    if (step != 2) return;  // scores that are finite, but further apart than a float can tell
    set_bias(*run.model, -3e38F);
    const at::NoGradGuard no_grad;
    head_bias(*run.model)[0].fill_(3e38F);
  };
  CHECK_THAT(
      test::error_of<DivergedError>([&] { run.run(); }),
      Catch::Contains("after 2 updates") && Catch::Contains("the loss of the evaluation is"));
  CHECK(run.record.evaluated_steps.empty());
  CHECK_FALSE(run.state().best_metric.has_value());
  CHECK_FALSE(find_newest_checkpoint(folder.path()).has_value());
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
