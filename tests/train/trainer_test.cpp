#include "train/trainer.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

#include "base/random.h"
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

TEST_CASE("a run that was stopped anywhere and resumed ends with the bits of one that was not") {
  const test::TemporaryFolder folder;
  TrainerOptions options = toy_options();
  options.sampler.gradient_accumulation_steps = 2;
  options.sampler.batch_size = 4;
  std::filesystem::create_directory(folder.path() / "whole");
  ToyRun whole(folder.path() / "whole", options);
  whole.run();
  const std::string expected = whole.fingerprint();
  for (int64_t stop_at = 1; stop_at < 10; ++stop_at) {
    const auto parts = folder.path() / ("stopped-" + std::to_string(stop_at));
    std::filesystem::create_directory(parts);
    {
      ToyRun first(parts, options);
      first.record.after_step = [&](int64_t step) { first.stop_requested = step == stop_at; };
      CHECK(first.run() == Outcome::kPreempted);
      CHECK(first.state().position.updates == stop_at);
    }
    ToyRun second(parts, options);
    CHECK(second.run() == Outcome::kFinished);
    INFO("stopped after update " << stop_at);
    CHECK(second.fingerprint() == expected);
    CHECK(second.state().best_metric == whole.state().best_metric);
    CHECK(second.state().total_loss == whole.state().total_loss);
  }
}

TEST_CASE("a resume that forgets the data position is noticed by that comparison") {
  const test::TemporaryFolder folder;
  const TrainerOptions options = toy_options();
  std::filesystem::create_directory(folder.path() / "whole");
  ToyRun whole(folder.path() / "whole", options);
  whole.run();
  TrainerOptions other = options;
  other.sampler.seed = 43;
  std::filesystem::create_directory(folder.path() / "other");
  ToyRun changed(folder.path() / "other", other);
  changed.run();
  CHECK(changed.fingerprint() != whole.fingerprint());
}

TEST_CASE("a run that goes on with other batches still trains on every row once an epoch") {
  const test::TemporaryFolder folder;
  TrainerOptions options = toy_options();  // 40 rows
  options.checkpoint_every = {Interval::Unit::kSteps, 1.0};
  struct Change {
    int64_t batch_size, accumulation, batch_tokens;
    int64_t updates;  ///< of the whole run: 3 of 8 rows, then the rest of two epochs
  };
  const Change changes[] = {{4, 1, 0, 3 + 4 + 10}, {16, 1, 0, 3 + 1 + 3}, {2, 3, 0, 3 + 3 + 7}};
  for (const Change& change : changes) {
    const auto parts = folder.path() / std::to_string(change.batch_size);
    std::filesystem::create_directory(parts);
    const auto stop_after = [&](ToyRun& run, int64_t stop_at) {
      run.record.after_step = [&run, stop_at](int64_t step) {
        run.stop_requested = step == stop_at;
      };
      CHECK(run.run() == Outcome::kPreempted);
    };
    ToyRun first(parts, options);
    stop_after(first, 3);
    TrainerOptions changed = options;
    changed.sampler.batch_size = change.batch_size;
    changed.sampler.gradient_accumulation_steps = change.accumulation;
    ToyRun second(parts, changed);  // stops again in the middle, with the same batches
    stop_after(second, 4);
    // Groups of an epoch count alike, and the last one of these may hold fewer rows.
    CHECK(second.state().position.epoch ==
          Approx(static_cast<double>(second.state().examples) / 40.0).margin(0.02));
    ToyRun third(parts, changed);
    CHECK(third.run() == Outcome::kFinished);
    INFO("batches of " << change.batch_size);
    CHECK(third.state().examples == 80);
    CHECK(third.state().position.updates == change.updates);
    CHECK(third.state().position.epoch == 2.0);
    CHECK(third.record.learning_rates.back() ==
          Approx(options.learning_rate / static_cast<double>(change.updates)));
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

TEST_CASE("a limit in updates stays where it is when batches change") {
  const test::TemporaryFolder folder;
  TrainerOptions options = toy_options();
  options.num_train_epochs = std::numeric_limits<double>::infinity();
  options.max_steps = 9;
  {
    ToyRun run(folder.path(), options);
    run.record.after_step = [&](int64_t step) { run.stop_requested = step == 3; };
    CHECK(run.run() == Outcome::kPreempted);
  }
  options.sampler.batch_size = 4;
  ToyRun run(folder.path(), options);
  CHECK(run.run() == Outcome::kFinished);
  CHECK(run.state().position.updates == 9);
  CHECK(run.state().examples == 3 * 8 + 6 * 4);
}

TEST_CASE("a stop during an evaluation is made up for after the resume") {
  const test::TemporaryFolder folder;
  const TrainerOptions options = toy_options();
  {
    ToyRun run(folder.path(), options);
    run.record.after_step = [&](int64_t step) { run.stop_requested = step == 5; };
    CHECK(run.run() == Outcome::kPreempted);
    CHECK(run.record.evaluated_steps.empty());
    CHECK(run.state().is_boundary_pending);
  }
  ToyRun run(folder.path(), options);
  run.run();
  CHECK(run.record.evaluated_steps == std::vector<int64_t>{5, 10});
}

TEST_CASE("a finished run that is started again does nothing more") {
  const test::TemporaryFolder folder;
  ToyRun first(folder.path(), toy_options());
  first.run();
  ToyRun second(folder.path(), toy_options());
  CHECK(second.run() == Outcome::kFinished);
  CHECK(second.record.losses.empty());
  CHECK(second.fingerprint() == first.fingerprint());
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
