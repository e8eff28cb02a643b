#include "report/tensorboard.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "report/protobuf.h"
#include "support/test_support.h"

using namespace finetune::report;
using finetune::test::shell_quote;
using finetune::test::TemporaryFolder;

namespace {

TrainLogEvent train_event(int64_t step, double loss) {
  TrainLogEvent event;
  event.step = step;
  event.epoch = 0.5;
  event.loss = loss;
  event.learning_rate = 0.25;
  return event;
}

/// What TensorBoard's loaders see in `folder`; null without Python.
nlohmann::json load(const std::filesystem::path& folder) {
  const auto python = finetune::test::python();
  if (!python) return {};
  const auto script = finetune::test::fixture("report/fixtures/read_events.py");
  const auto result =
      finetune::test::run_shell(shell_quote(python->string()) + " " + shell_quote(script.string()) +
                                " " + shell_quote(folder.string()));
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  return nlohmann::json::parse(result.out);
}

std::filesystem::path only_file(const std::filesystem::path& folder) {
  const auto begin = std::filesystem::directory_iterator(folder);
  REQUIRE(std::distance(begin, {}) == 1);
  return std::filesystem::directory_iterator(folder)->path();
}

std::string hex(const std::string& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char byte : bytes) {
    out += kDigits[static_cast<uint8_t>(byte) >> 4];
    out += kDigits[static_cast<uint8_t>(byte) & 15];
  }
  return out;
}

}  // namespace

TEST_CASE("the first record of a file has the bytes that TensorFlow writes") {
  const TemporaryFolder folder;
  {
    const TensorBoardWriter writer(folder.path(), {}, [] { return 1.0; });
  }
  const auto file = only_file(folder.path());
  CHECK(file.filename().string().starts_with("events.out.tfevents.0000000001."));
  CHECK(hex(finetune::test::read_file(file)) ==
        "1800000000000000a37f4b2209000000000000f03f1a0d627261696e2e4576656e743a3286bf577a");
}

TEST_CASE("TensorBoard reads scalars and texts") {
  const TemporaryFolder folder;
  {
    TensorBoardWriter writer(folder.path());
    writer.add_text("config", "```json\n{\"seed\": 42}\n```\n<b>ü</b>");
    writer.add(train_event(10, 0.75));
    writer.add(train_event(20, std::nan("")));
    EvaluationEvent evaluation;
    evaluation.step = 20;
    evaluation.values = {{"loss", 0.5}, {"accuracy", 0.875}, {"f1", std::nullopt}};
    writer.add(evaluation);
    evaluation.split = "test";
    writer.add(evaluation);
  }
  const auto seen = load(folder.path());
  if (seen.is_null()) return;
  CHECK(seen.at("texts").at("config").at(0) == "```json\n{\"seed\": 42}\n```\n<b>ü</b>");
  const auto& scalars = seen.at("scalars");
  CHECK(scalars.at("train/loss").at(0) == nlohmann::json::array({10, 0.75}));
  CHECK(scalars.at("train/loss").at(1).at(0) == 20);  // NaN, null in JSON
  CHECK(scalars.at("train/learning_rate").at(1) == nlohmann::json::array({20, 0.25}));
  CHECK(scalars.at("eval/accuracy") == nlohmann::json::parse("[[20, 0.875]]"));
  CHECK(scalars.at("test/loss") == nlohmann::json::parse("[[20, 0.5]]"));
  CHECK_FALSE(scalars.contains("eval/f1"));
  const auto& file = seen.at("files").at(0);
  CHECK(file.at("version") == "brain.Event:2");
  CHECK(file.at("num_events") == 6);
  CHECK(file.at("num_upgraded") == 6);
  CHECK(file.at("wall_times").at(5).get<double>() > 1.6e9);
}

TEST_CASE("a resumed run makes TensorBoard forget the steps after the checkpoint and only those") {
  const TemporaryFolder folder;
  double now = 1000.0;
  const auto clock = [&] { return now; };
  {
    TensorBoardWriter writer(folder.path(), {}, clock);
    for (const int step : {10, 20, 30, 40}) writer.add(train_event(step, 1.0));
  }
  now = 2000.0;
  {
    TensorBoardWriter writer(folder.path(), 20, clock);
    writer.add(train_event(30, 2.0));
  }
  const auto seen = load(folder.path());
  if (seen.is_null()) return;
  CHECK(seen.at("scalars").at("train/loss") ==
        nlohmann::json::parse("[[10, 1.0], [20, 1.0], [30, 2.0]]"));
  CHECK(seen.at("files").size() == 2);
  CHECK(seen.at("files").at(1).at("session_steps") == nlohmann::json::array({21}));
}

TEST_CASE("a folder that cannot be written to does not end the run") {
  TensorBoardWriter writer("/no/such/folder");
  writer.add(train_event(1, 1.0));
  writer.add_text("config", "x");
}
