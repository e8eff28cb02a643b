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

}  // namespace

TEST_CASE("a start that did no step changes nothing of what the run is compared with") {
  const TinyRun tiny;
  tiny.train();
  const std::string other = R"({"optimizer": {"learning_rate": 1e-4}})";
  RunObserver observer;
  run::train({tiny.config(other), ResumeMode::kAuto, /*is_forced=*/true}, observer);
  CHECK(read_run_config(tiny / "run/config.json").optimizer.learning_rate == 1e-4);
  CHECK_THAT(refusal(tiny, other), Contains("optimizer.learning_rate"));
  CHECK_NOTHROW(tiny.train());
  fs::remove(tiny / "run/config.json");
  CHECK_THAT(refusal(tiny, other), Contains("optimizer.learning_rate"));
  CHECK_NOTHROW(tiny.train());
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
