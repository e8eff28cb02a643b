#include <signal.h>

#include <catch2/catch.hpp>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "run/tiny_run.h"
#include "run/train_run.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;
using test::TinyRun;

namespace {

namespace fs = std::filesystem;

std::string refusal(const TinyRun& tiny, const std::string& patch) {
  return test::error_of<ConfigError>([&] { tiny.train(patch); });
}

/// A run that gets a signal as soon as it has said that it starts.
TrainSummary train_signalled(const RunConfig& config) {
  base::set_log_hooks(
      [is_first = true]() mutable {
        if (std::exchange(is_first, false)) raise(SIGTERM);
      },
      {});
  RunObserver observer;
  const TrainSummary summary = run::train({config}, observer);
  base::set_log_hooks({}, {});
  return summary;
}

void train_forced(const TinyRun& tiny, const std::string& patch) {
  RunObserver observer;
  run::train({tiny.config(patch), ResumeMode::kAuto, /*is_forced=*/true}, observer);
}

}  // namespace

TEST_CASE("a start that did no step changes nothing of what the run is compared with") {
  const TinyRun tiny;
  tiny.train();
  const std::string other = R"({"optimizer": {"learning_rate": 1e-4}})";
  tiny.write("run/environment.json", "{}");
  tiny.write("run/data_report.json", "{}");
  const std::string config = test::read_file(tiny / "run/config.json");
  train_forced(tiny, other);
  CHECK(test::read_file(tiny / "run/config.json") == config);
  CHECK(test::read_file(tiny / "run/environment.json") == "{}");
  CHECK(test::read_file(tiny / "run/data_report.json") == "{}");
  CHECK_THAT(refusal(tiny, other), Contains("optimizer.learning_rate"));
  CHECK_NOTHROW(tiny.train());
  fs::remove(tiny / "run/config.json");
  CHECK_THAT(refusal(tiny, other), Contains("optimizer.learning_rate"));
  CHECK_NOTHROW(tiny.train());
}

TEST_CASE(
    "the files of a run say what it goes on with, and what may change in one that has ended") {
  const TinyRun tiny;
  tiny.train();
  tiny.train(R"({"checkpoints": {"keep_last": 9}})");
  CHECK(read_run_config(tiny / "run/config.json").checkpoints.keep_last == 9);
  train_forced(tiny, R"({"training": {"num_train_epochs": 4}})");
  CHECK(read_run_config(tiny / "run/config.json").training.num_train_epochs == 4);
}

TEST_CASE("a signal during the start ends it, with nothing made or changed") {
  const TinyRun tiny;
  TrainSummary summary;
  CHECK_THAT(test::logged([&] { summary = train_signalled(tiny.config()); }),
             Contains("stopped by signal 15 while starting") && Contains("nothing is saved yet"));
  CHECK(summary.status == "preempted");
  CHECK(summary.output_dir == tiny / "run");
  CHECK(summary.num_updates == 0);
  CHECK_FALSE(fs::exists(tiny / "run/data_report.json"));
  CHECK_FALSE(fs::exists(tiny / "run/last"));
  tiny.train();
  const std::string log = test::read_file(tiny / "run/metrics.jsonl");
  CHECK_THAT(test::logged([&] { summary = train_signalled(tiny.config()); }),
             Contains("nothing new to save after checkpoint-9"));
  CHECK(summary.status == "preempted");
  CHECK(summary.num_updates == 9);
  CHECK(summary.best_step.has_value());
  CHECK(test::read_file(tiny / "run/metrics.jsonl") == log);
  CHECK(tiny.train().status == "finished");
}
