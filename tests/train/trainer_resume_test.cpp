#include <catch2/catch.hpp>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "support/test_support.h"
#include "train/toy_run.h"
#include "train/trainer.h"

namespace finetune::train {
namespace {

using test::toy_options;
using test::ToyRun;

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

TrainerOptions three_micro_batches() {
  TrainerOptions options = toy_options();
  options.sampler.gradient_accumulation_steps = 3;
  options.sampler.batch_size = 3;  // 14 micro-batches an epoch: the last update of it has two
  return options;
}

/// A run that is asked to stop while it makes this micro-batch, counted from 1.
struct StoppedInside {
  StoppedInside(const std::filesystem::path& folder, int64_t stop_in)
      : run(folder, three_micro_batches(), 0.1, nullptr,
            [this, stop_in](const data::EncodedDataset& train, std::span<const int64_t> rows,
                            int64_t) {
              if (++num_batches == stop_in) run.stop_requested = true;
              return data::make_batch(train, rows);
            }) {
    CHECK(run.run() == Outcome::kPreempted);
  }
  int64_t num_batches = 0;
  ToyRun run;
};

TEST_CASE("a stop between the micro-batches of an update leaves nothing of it behind") {
  const test::TemporaryFolder folder;
  const auto new_folder = [&](const std::string& name) {
    std::filesystem::create_directory(folder.path() / name);
    return folder.path() / name;
  };
  ToyRun whole(new_folder("whole"), three_micro_batches());
  whole.run();
  for (int64_t stop_in = 1; stop_in <= 14; ++stop_in) {
    const auto parts = new_folder(std::to_string(stop_in));
    INFO("stopped in micro-batch " << stop_in);
    {
      const StoppedInside first(parts, stop_in);
      CHECK(first.num_batches == stop_in);
      CHECK(first.run.state().position.updates == (stop_in == 14 ? 5 : stop_in / 3));
    }
    ToyRun second(parts, three_micro_batches());
    CHECK(second.run() == Outcome::kFinished);
    CHECK(second.fingerprint() == whole.fingerprint());
  }
  StoppedInside again(new_folder("again"), 5);  // the same trainer can go on, too
  again.run.stop_requested = false;
  CHECK(again.run.run() == Outcome::kFinished);
  CHECK(again.run.fingerprint() == whole.fingerprint());
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

/// Four epochs of five updates; no evaluation but the first gains enough for early stopping.
TrainerOptions with_patience(std::optional<int64_t> patience) {
  TrainerOptions options = toy_options();
  options.num_train_epochs = 4.0;
  if (patience) options.early_stopping = {*patience, /*threshold=*/1e9, false};
  return options;
}

TEST_CASE("a run that stopped early goes on with more patience, or without early stopping") {
  const test::TemporaryFolder folder;
  const auto run = [&](const char* name, std::optional<int64_t> patience, Outcome outcome) {
    std::filesystem::create_directories(folder.path() / name);
    ToyRun toy(folder.path() / name, with_patience(patience));
    CHECK(toy.run() == outcome);
    return std::pair(toy.state().position.updates, toy.fingerprint());
  };
  CHECK(run("parts", 1, Outcome::kStoppedEarly).first == 10);
  const auto stopped_later = run("parts", 2, Outcome::kStoppedEarly);
  CHECK(stopped_later.first == 15);
  CHECK(stopped_later == run("patient", 2, Outcome::kStoppedEarly));
  CHECK(run("parts", 2, Outcome::kStoppedEarly) == stopped_later);
  CHECK(run("parts", std::nullopt, Outcome::kFinished) ==
        run("endless", std::nullopt, Outcome::kFinished));
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

}  // namespace
}  // namespace finetune::train
