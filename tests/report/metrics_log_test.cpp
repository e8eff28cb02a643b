#include "report/metrics_log.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "support/standard_stream.h"
#include "support/test_support.h"

using namespace finetune::report;
using finetune::test::read_file;
using finetune::test::TemporaryFolder;

namespace {

TrainLogEvent train_event(int64_t step) {
  TrainLogEvent event;
  event.step = step;
  event.epoch = static_cast<double>(step) / 10;
  event.loss = 0.5;
  event.learning_rate = 5e-5;
  return event;
}

}  // namespace

TEST_CASE("each event is one line of JSON whose first key is the event") {
  const TemporaryFolder folder;
  MetricsLog log(folder.path() / "metrics.jsonl");
  TrainLogEvent train = train_event(10);
  train.grad_norm = std::nan("");
  log.add(train);
  EvaluationEvent evaluation;
  evaluation.step = 10;
  evaluation.values = {{"loss", 0.25}, {"accuracy", 0.875}, {"f1", std::nullopt}};
  evaluation.is_best = true;
  log.add(evaluation);
  log.add(CheckpointEvent{10, 1.0, "checkpoint-10", 0.5, true});
  log.add(SkipEvent{11, 1.1, "loss is nan"});
  log.add(ResumeEvent{10, 1.0, "checkpoint-10"});
  log.add(FinishEvent{20, 2.0, "finished", 12.5});

  const std::string text = read_file(folder.path() / "metrics.jsonl");
  CHECK(static_cast<int64_t>(text.size()) == log.offset());
  const auto lines = finetune::base::split(text, '\n');
  REQUIRE(lines.size() == 7);  // the last one is empty
  CHECK(lines[0].starts_with(R"({"event":"train","step":10,"epoch":1.0,"loss":0.5)"));
  CHECK(nlohmann::json::parse(lines[0]).at("grad_norm").is_null());
  const auto second = nlohmann::json::parse(lines[1]);
  CHECK(second.at("accuracy") == 0.875);
  CHECK(second.at("f1").is_null());
  CHECK(second.at("split") == "validation");
  CHECK(second.at("is_best") == true);
  CHECK(nlohmann::json::parse(lines[5]).at("status") == "finished");
}

TEST_CASE("names with control characters, quotes or bad UTF-8 stay on one line of valid JSON") {
  const TemporaryFolder folder;
  MetricsLog log(folder.path() / "metrics.jsonl");
  log.add(SkipEvent{1, 0.1, "a\nb\x1b[31m\"c\" \xff"});
  const auto lines = finetune::base::split(read_file(folder.path() / "metrics.jsonl"), '\n');
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].find('\x1b') == std::string::npos);
  CHECK(nlohmann::json::parse(lines[0]).at("reason") == "a\nb\x1b[31m\"c\" \xef\xbf\xbd");
}

TEST_CASE("cutting at the offset of a checkpoint lets no step appear twice") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "metrics.jsonl";
  int64_t offset = 0;
  std::string uninterrupted;
  {
    MetricsLog log(path);
    log.add(train_event(10));
    offset = log.offset();
    log.add(train_event(20));
    uninterrupted = read_file(path);
    log.add(train_event(30));
  }
  MetricsLog log(path);
  log.truncate_to(offset);
  log.add(train_event(20));
  CHECK(read_file(path) == uninterrupted);
}

TEST_CASE("a torn last line is cut off, and an offset beyond the file is a warning") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "metrics.jsonl";
  const auto said = folder.path() / "stderr";
  finetune::test::write_file(path, "{\"event\":\"train\"}\n{\"event\":\"tra");
  finetune::test::write_file(said, "");
  {
    const finetune::test::StandardStream errors(STDERR_FILENO, said);
    MetricsLog log(path);
    CHECK(log.offset() == 18);
    log.truncate_to(18);
    CHECK(read_file(said).empty());
    log.truncate_to(1000);
    CHECK(log.offset() == 18);
    log.truncate_to(10);  // inside the first line
    CHECK(log.offset() == 0);
  }
  CHECK(std::filesystem::file_size(path) == 0);
  CHECK_THAT(read_file(said), Catch::Contains("metrics.jsonl holds 18 bytes of the 1000"));
}

TEST_CASE("a log on a full disk loses its lines and nothing else") {
  MetricsLog log("/dev/full");
  log.add(train_event(1));
  log.add(train_event(2));
  CHECK(log.offset() == 0);
}
