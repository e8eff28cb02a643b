#include "progress.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "base/log.h"
#include "optim/schedule.h"
#include "support/standard_stream.h"
#include "support/test_support.h"

using namespace finetune;
using apps::Progress;
using apps::ProgressMode;
using Catch::Matchers::Contains;

namespace {

/// What reaches stderr, a file, while `body` runs.
std::string shown(const std::function<void()>& body) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "stderr", "");
  {
    const test::StandardStream errors(STDERR_FILENO, folder.path() / "stderr");
    body();
  }
  return test::read_file(folder.path() / "stderr");
}

train::StepEvent step(int64_t number, double loss) {
  train::StepEvent event;
  event.position.updates = number;
  event.position.epoch = static_cast<double>(number) / 2.0;
  event.loss = loss;
  event.num_tokens = 300;
  event.seconds = 0.1;
  return event;
}

void run_steps(Progress& progress, int count) {
  progress.on_start(count, 0, 0.0);
  for (int i = 1; i <= count; ++i) progress.on_step(step(i, 1.0));
}

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("without a terminal a quick run is one plain line, at its end") {
  const std::string text = shown([] {
    Progress progress(ProgressMode::kAuto);
    run_steps(progress, 20);
  });
  CHECK(count_of(text, "\n") == 1);
  CHECK_THAT(text, Contains("step 20/20  epoch 10.00  loss 1.0000  3000 tok/s") &&
                       Contains("0m00s done, 0m00s left"));
  CHECK_THAT(text, !Contains("\033") && !Contains("\r"));
}

TEST_CASE("a bar is redrawn in place, and gone for every log line and at the end") {
  const std::string text = shown([] {
    Progress progress(ProgressMode::kOn);
    run_steps(progress, 3);
    base::log_warning("look here");
  });
  const size_t bar = text.find("step 3/3");
  const size_t cleared = text.find("\r\033[K", bar);
  const size_t line = text.find("look here\n", cleared);
  const size_t redrawn = text.find("step 3/3", line);
  REQUIRE(redrawn != text.npos);
  CHECK(bar < cleared);
  CHECK(cleared < line);
  CHECK(text.ends_with("\r\033[K"));
  CHECK_THAT(shown([] { base::log_info("after"); }), !Contains("\033"));
}

TEST_CASE("switched off, steps are not shown but evaluations and checkpoints are") {
  const std::string text = shown([] {
    Progress progress(ProgressMode::kOff);
    run_steps(progress, 5);
    progress.on_evaluation(
        {{5, 1.0, 0, 0.0}, {{"accuracy", 0.5}, {"f1", std::nullopt}}, 9, 0.1, true});
    progress.on_checkpoint({{5, 1.0, 0, 0.0}, 0.25, false});
  });
  CHECK_THAT(text, !Contains("tok/s"));
  CHECK_THAT(text, Contains("evaluation at step 5: accuracy 0.5000 f1 undefined (best so far)\n"));
  CHECK_THAT(text, Contains("saved checkpoint-5 in 0.25 s\n"));
}

TEST_CASE("a run that the clock ends has no count of steps to reach") {
  const std::string text = shown([] {
    Progress progress(ProgressMode::kOn);
    progress.on_start(optim::kNoLimit, 0, 60.0);
    train::StepEvent event = step(3, 1.0);
    event.position.seconds = 50.0;
    std::this_thread::sleep_for(
        std::chrono::milliseconds(110));  // a bar is redrawn ten times a second
    progress.on_step(event);
  });
  CHECK_THAT(text, Contains("step 3  epoch") && Contains("0m10s left"));
}

TEST_CASE("loss and rate are running means, the first step counts in full") {
  const std::string text = shown([] {
    Progress progress(ProgressMode::kAuto);
    progress.on_start(2, 0, 0.0);
    progress.on_step(step(1, 1.0));
    progress.on_step(step(2, 2.0));
  });
  CHECK_THAT(text, Contains("loss 1.1000"));
}
