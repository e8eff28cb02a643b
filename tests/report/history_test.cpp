#include "report/history.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "report/metrics_log.h"
#include "support/test_support.h"

using namespace finetune::report;
using finetune::test::TemporaryFolder;

namespace {

/// One event of every kind.
void write_example(const std::filesystem::path& path) {
  MetricsLog log(path);
  log.add(TrainLogEvent{10, 0.5, 0.69, 5e-5, 1.5, 1234.5, 42.25});
  EvaluationEvent evaluation;
  evaluation.step = 20;
  evaluation.epoch = 1.0;
  evaluation.split = "test";
  evaluation.values = {{"loss", 0.25}, {"accuracy", 1.0}, {"f1", std::nullopt}};
  evaluation.num_examples = 99;
  evaluation.seconds = 2.5;
  evaluation.is_best = true;
  log.add(evaluation);
  log.add(CheckpointEvent{20, 1.0, "checkpoint-20", 0.5, true});
  log.add(SkipEvent{21, 1.1, "loss is nan"});
  log.add(WarningEvent{21, 1.1, "it has collapsed"});
  log.add(ResumeEvent{20, 1.0, "checkpoint-20"});
  log.add(FinishEvent{40, 2.0, "stopped_early", 12.5});
}

TEST_CASE("a device in place of the file is an empty history, not an endless one") {
  const History history = read_history("/dev/zero");
  CHECK(history.train.empty());
  CHECK(history.evaluations.empty());
}

}  // namespace

TEST_CASE("what a log has written is read back") {
  const TemporaryFolder folder;
  write_example(folder.path() / "metrics.jsonl");
  const History history = read_history(folder.path() / "metrics.jsonl");
  REQUIRE(history.train.size() == 1);
  CHECK(history.train[0].step == 10);
  CHECK(history.train[0].epoch == 0.5);
  CHECK(history.train[0].loss == 0.69);
  CHECK(history.train[0].learning_rate == 5e-5);
  CHECK(history.train[0].grad_norm == 1.5);
  CHECK(history.train[0].tokens_per_second == 1234.5);
  CHECK(history.train[0].examples_per_second == 42.25);
  REQUIRE(history.warnings.size() == 1);
  CHECK(history.warnings[0].step == 21);
  CHECK(history.warnings[0].message == "it has collapsed");
  REQUIRE(history.evaluations.size() == 1);
  const EvaluationEvent& evaluation = history.evaluations[0];
  CHECK(evaluation.step == 20);
  CHECK(evaluation.split == "test");
  CHECK(evaluation.values ==
        finetune::metrics::Values{{"loss", 0.25}, {"accuracy", 1.0}, {"f1", std::nullopt}});
  CHECK(evaluation.num_examples == 99);
  CHECK(evaluation.seconds == 2.5);
  CHECK(evaluation.is_best);
  REQUIRE(history.checkpoints.size() == 1);
  CHECK(history.checkpoints[0].folder == "checkpoint-20");
  REQUIRE(history.skips.size() == 1);
  CHECK(history.skips[0].reason == "loss is nan");
  REQUIRE(history.resumes.size() == 1);
  CHECK(history.resumes[0].checkpoint == "checkpoint-20");
  REQUIRE(history.finish);
  CHECK(history.finish->status == "stopped_early");
  CHECK(history.finish->seconds == 12.5);
}

TEST_CASE("null becomes NaN, unreadable lines and unknown events are passed over") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "metrics.jsonl";
  finetune::test::write_file(path,
                             "{\"event\":\"train\",\"step\":1,\"loss\":null}\n"
                             "not json\n[1]\n7\n"
                             "{\"event\":\"later version\",\"step\":1}\n"
                             "{\"event\":\"train\",\"step\":\"two\",\"loss\":0.5}\n"
                             "{\"event\":\"trai");
  const History history = read_history(path);
  REQUIRE(history.train.size() == 2);
  CHECK(std::isnan(history.train[0].loss));
  CHECK(history.train[1].step == 0);
  CHECK(history.train[1].loss == 0.5);
}

TEST_CASE("a run that has logged nothing has an empty history") {
  const History history = read_history("/no/such/file");
  CHECK(history.train.empty());
  CHECK_FALSE(history.finish);
}
