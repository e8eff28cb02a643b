#include "train/trainer.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <limits>
#include <set>
#include <utility>

#include "support/test_support.h"
#include "train/toy_run.h"

namespace finetune::train {
namespace {

using test::toy_options;
using test::ToyRun;

TEST_CASE("a run makes its updates, evaluates and saves when due, and learns") {
  const test::TemporaryFolder folder;
  TrainerOptions options = toy_options();
  options.num_train_epochs = 20.0;
  ToyRun run(folder.path(), options, 0.0);
  CHECK(run.run() == Outcome::kFinished);
  CHECK(run.state().position.updates == 100);
  CHECK(run.state().position.epoch == 20.0);
  CHECK(run.state().examples == 800);
  CHECK(run.record.evaluated_steps.size() == 20);
  CHECK(run.record.saved_steps.size() == 20);
  CHECK(run.record.losses.front() > 0.5);
  CHECK(run.record.losses.back() < 0.1);
}

TEST_CASE("the learning rate used is the schedule's at the number of updates done") {
  const test::TemporaryFolder folder;
  TrainerOptions options = toy_options();
  options.warmup = {Warmup::Unit::kSteps, 2.0};
  ToyRun run(folder.path(), options);
  run.run();
  REQUIRE(run.record.learning_rates.size() == 10);
  CHECK(run.record.learning_rates[0] == 0.0);
  CHECK(run.record.learning_rates[1] == Approx(options.learning_rate / 2));
  CHECK(run.record.learning_rates[2] == Approx(options.learning_rate));
  CHECK(run.record.learning_rates[9] == Approx(options.learning_rate / 8));
}

TEST_CASE("accumulating micro-batches is one large batch") {
  const test::TemporaryFolder folder;
  TrainerOptions large = toy_options();
  large.sampler.group_by_length = false;
  TrainerOptions small = large;
  small.sampler.batch_size = 2;
  small.sampler.gradient_accumulation_steps = 4;
  ToyRun one(folder.path() / "a", large, 0.0);
  ToyRun many(folder.path() / "b", small, 0.0);
  std::filesystem::create_directory(folder.path() / "a");
  std::filesystem::create_directory(folder.path() / "b");
  one.run();
  many.run();
  REQUIRE(one.record.losses.size() == many.record.losses.size());
  for (size_t i = 0; i < one.record.losses.size(); ++i) {
    // fp32 sums in another order
    CHECK(one.record.losses[i] == Approx(many.record.losses[i]).margin(1e-6));
  }
}

TEST_CASE("a run may lay its batches of other tokens each epoch, and counts those") {
  const test::TemporaryFolder folder;
  std::multiset<std::pair<int64_t, int64_t>> seen;  // epoch and row
  int64_t num_tokens = 0;
  const auto without_first_tokens = [&](const data::EncodedDataset& train,
                                        std::span<const int64_t> rows, int64_t epoch) {
    for (const int64_t row : rows) seen.emplace(epoch, row);
    const data::Batch batch = data::make_batch(train, rows, [&](int64_t row) {
      const auto shorter = train.token_ids(row).subspan(1);
      return data::RowTokens{shorter, std::ssize(shorter), {}};
    });
    num_tokens += batch.num_tokens();
    return batch;
  };
  for (const char* name : {"usual", "other"})
    std::filesystem::create_directory(folder.path() / name);
  ToyRun usual(folder.path() / "usual", toy_options());
  usual.run();
  ToyRun run(folder.path() / "other", toy_options(), 0.1, nullptr, without_first_tokens);
  run.run();
  CHECK(seen.size() == 80);
  for (int64_t row = 0; row < 40; ++row)
    CHECK((seen.count({0, row}) == 1 && seen.count({1, row}) == 1));
  CHECK(run.state().position.tokens == num_tokens);
  CHECK(num_tokens == usual.state().position.tokens - 80);
  CHECK(run.fingerprint() != usual.fingerprint());
}

TEST_CASE("where only the clock ends a run its learning rate falls by the clock") {
  const test::TemporaryFolder folder;
  TrainerOptions options = toy_options();
  options.num_train_epochs = std::numeric_limits<double>::infinity();
  options.max_seconds = 1.0;
  ToyRun run(folder.path(), options);
  CHECK(run.run() == Outcome::kTimeIsUp);
  const std::vector<double>& rates = run.record.learning_rates;
  REQUIRE(rates.size() > 4);
  CHECK(rates.front() == options.learning_rate);
  CHECK(std::ranges::is_sorted(rates, std::greater<>()));
  CHECK(rates.back() > 0.0);
  CHECK(rates.back() < 0.5 * options.learning_rate);
}

TEST_CASE("limits in steps and in time end a run") {
  const test::TemporaryFolder folder;
  TrainerOptions options = toy_options();
  options.max_steps = 3;
  std::filesystem::create_directory(folder.path() / "steps");
  ToyRun steps(folder.path() / "steps", options);
  CHECK(steps.run() == Outcome::kFinished);
  CHECK(steps.state().position.updates == 3);
  CHECK(steps.record.evaluated_steps == std::vector<int64_t>{3});
  options = toy_options();
  options.max_seconds = 1e-9;
  std::filesystem::create_directory(folder.path() / "time");
  ToyRun time(folder.path() / "time", options);
  CHECK(time.run() == Outcome::kTimeIsUp);
  CHECK(time.state().position.updates == 1);
  CHECK(time.record.saved_steps == std::vector<int64_t>{1});
}

TEST_CASE("early stopping ends a run that stops improving, and its counter survives a resume") {
  const test::TemporaryFolder folder;
  TrainerOptions options = toy_options();
  options.num_train_epochs = 50.0;
  options.learning_rate = 0.0;
  options.early_stopping = EarlyStoppingOptions{3, 0.0, false};
  {
    ToyRun run(folder.path(), options);
    run.record.after_step = [&](int64_t step) { run.stop_requested = step == 12; };
    CHECK(run.run() == Outcome::kPreempted);
    CHECK(run.state().early_stopping.counter == 1);
  }
  ToyRun run(folder.path(), options);
  CHECK(run.run() == Outcome::kStoppedEarly);
  CHECK(run.state().position.updates == 20);
  CHECK(run.state().best_step == 5);
}

TEST_CASE("the best model is saved even where no checkpoint is due") {
  const test::TemporaryFolder folder;
  TrainerOptions options = toy_options();
  options.evaluate_every = {Interval::Unit::kSteps, 2.0};
  options.checkpoint_every = {Interval::Unit::kSteps, 0.0};
  ToyRun run(folder.path(), options);
  run.run();
  REQUIRE_FALSE(run.record.saved_steps.empty());
  CHECK(checkpoint_step(std::filesystem::canonical(folder.path() / "best")) ==
        run.state().best_step);
}

}  // namespace
}  // namespace finetune::train
