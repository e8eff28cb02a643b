#include "run/run_log.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "run/tiny_run.h"

using namespace finetune;
using namespace finetune::run;
using nlohmann::json;
using test::TinyRun;

namespace {

constexpr int64_t kNumParameters = 1000;

train::Position at_step(int64_t step) {
  return {step, static_cast<double>(step) / 4.0, step * 100, static_cast<double>(step) * 0.5};
}

void log_step(RunLog& log, int64_t step) {
  log.on_step({at_step(step), 1.0 / static_cast<double>(step), 1e-3, 2.0, 100, 8, 0.5});
  log.on_log({at_step(step), 1.0 / static_cast<double>(step), 1e-3, 2.0});
}

train::TrainState state_at(int64_t step) {
  train::TrainState state;
  state.position = at_step(step);
  state.total_loss = 6.0;
  state.examples = step * 8;
  return state;
}

std::vector<json> events_of(const RunConfig& config) {
  std::vector<json> events;
  for (const std::string& line : test::lines_of(config.output_dir / "metrics.jsonl"))
    events.push_back(json::parse(line));
  return events;
}

/// A config whose run folder exists.
RunConfig config_of(const TinyRun& tiny, const std::string& patch = "{}") {
  const RunConfig config = tiny.config(patch);
  std::filesystem::create_directories(config.output_dir);
  return config;
}

int64_t count_tensorboard_files(const RunConfig& config) {
  int64_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(config.output_dir)) {
    if (entry.path().filename().string().starts_with("events.out.tfevents")) ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("a warning of an evaluation goes to the log and to metrics.jsonl") {
  const TinyRun tiny;
  const RunConfig config = config_of(tiny);
  RunObserver observer;
  RunLog log(config, observer, std::nullopt, /*num_parameters=*/0);
  const std::string logged = test::logged([&] {
    log.on_evaluation({at_step(2), {{"loss", 0.5}}, 9, 0.1, false, {"it has collapsed"}});
  });
  CHECK_THAT(logged, Catch::Matchers::Contains("it has collapsed"));
  const std::vector<json> events = events_of(config);
  REQUIRE(events.size() == 2);
  CHECK(events[1].at("event") == "warning");
  CHECK(events[1].at("step") == 2);
  CHECK(events[1].at("message") == "it has collapsed");
}

TEST_CASE("every event of a run is a line of metrics.jsonl") {
  const TinyRun tiny;
  const RunConfig config = config_of(tiny);
  RunObserver observer;
  RunLog log(config, observer, std::nullopt, kNumParameters);
  log_step(log, 1);
  log.on_skip({at_step(1), "the loss is nan", {3, 5}});
  log.on_evaluation({at_step(2), {{"loss", 0.5}, {"accuracy", 0.75}}, 9, 0.1, true});
  log.on_checkpoint({at_step(2), 0.2, true});
  log.add_final_evaluation("test", state_at(2), {{{"loss", 0.6}}, 6, 0.1, nullptr});
  log.finish("finished", state_at(2), 24, 2);
  const std::vector<json> events = events_of(config);
  REQUIRE(events.size() == 6);
  CHECK(events[0].at("event") == "train");
  CHECK(events[0].at("loss") == 1.0);
  CHECK(events[0].at("learning_rate") == 1e-3);
  CHECK(events[0].at("tokens_per_second") == 200.0);
  CHECK(events[0].at("examples_per_second") == 16.0);
  CHECK(events[1].at("event") == "skip");
  CHECK(events[1].at("reason") == "the loss is nan; rows of the training set: 3 5");
  CHECK(events[2].at("event") == "evaluation");
  CHECK(events[2].at("split") == "validation");
  CHECK(events[2].at("accuracy") == 0.75);
  CHECK(events[2].at("is_best") == true);
  CHECK(events[3].at("event") == "checkpoint");
  CHECK(events[3].at("folder") == "checkpoint-2");
  CHECK(events[4].at("split") == "test");
  CHECK(events[5].at("event") == "finish");
  CHECK(events[5].at("status") == "finished");
}

TEST_CASE("rates are of the time since the last line, and of the whole run") {
  const TinyRun tiny;
  const RunConfig config = config_of(tiny);
  RunObserver observer;
  RunLog log(config, observer, std::nullopt, kNumParameters);
  CHECK(log.tokens_per_second() == 0.0);
  log.on_step({at_step(1), 1.0, 1e-3, 2.0, 100, 4, 1.0});
  log.on_step({at_step(2), 1.0, 1e-3, 2.0, 500, 8, 1.0});
  log.on_log({at_step(2), 1.0, 1e-3, 2.0});
  log.on_step({at_step(3), 1.0, 1e-3, 2.0, 900, 8, 1.0});
  log.on_log({at_step(3), 1.0, 1e-3, 2.0});
  const std::vector<json> events = events_of(config);
  CHECK(events.at(0).at("tokens_per_second") == 300.0);
  CHECK(events.at(0).at("examples_per_second") == 6.0);
  CHECK(events.at(1).at("tokens_per_second") == 900.0);
  CHECK(log.tokens_per_second() == 500.0);
  RunLog resumed(config, observer, 3, kNumParameters);
  resumed.restore(log.state());
  CHECK(resumed.tokens_per_second() == 500.0);
  resumed.on_step({at_step(4), 1.0, 1e-3, 2.0, 100, 8, 1.0});
  CHECK(resumed.tokens_per_second() == 400.0);
}

TEST_CASE("after a resume no step stands in the log twice") {
  const TinyRun tiny;
  const RunConfig config = config_of(tiny);
  RunObserver observer;
  std::string state;
  {
    RunLog log(config, observer, std::nullopt, kNumParameters);
    log_step(log, 1);
    log_step(log, 2);
    state = log.state();  // the checkpoint of step 2
    log.on_checkpoint({at_step(2), 0.2, false});
    log_step(log, 3);
  }
  test::write_file(config.output_dir / "metrics.jsonl",
                   test::read_file(config.output_dir / "metrics.jsonl") + "{\"event\": \"tra");
  for (int start = 0; start < 2; ++start) {
    RunLog log(config, observer, 2, kNumParameters);
    log.restore(state);
    log_step(log, 3);
  }
  std::vector<std::string> seen;
  for (const json& event : events_of(config))
    seen.push_back(event.at("event").get<std::string>() + " " + event.at("step").dump());
  CHECK(seen ==
        std::vector<std::string>{"train 1", "train 2", "checkpoint 2", "resume 2", "train 3"});
  CHECK(events_of(config)[2].at("seconds") == 0.2);
  CHECK(events_of(config)[3].at("checkpoint") == "checkpoint-2");
  CHECK(events_of(config)[3].at("epoch") == 0.5);
}

TEST_CASE("a fresh start forgets what an earlier one without a checkpoint logged") {
  const TinyRun tiny;
  const RunConfig config = config_of(tiny);
  RunObserver observer;
  {
    RunLog log(config, observer, std::nullopt, kNumParameters);
    log_step(log, 1);
  }
  RunLog log(config, observer, std::nullopt, kNumParameters);
  CHECK(events_of(config).empty());
}

TEST_CASE("TensorBoard files are written unless they are switched off") {
  const TinyRun tiny;
  RunObserver observer;
  const RunConfig off = config_of(tiny, R"({"logging": {"tensorboard": false}})");
  { RunLog log(off, observer, std::nullopt, kNumParameters); }
  CHECK(count_tensorboard_files(off) == 0);
  const RunConfig on = config_of(tiny);
  { RunLog log(on, observer, std::nullopt, kNumParameters); }
  CHECK(count_tensorboard_files(on) == 1);
}

TEST_CASE("trainer_state.json has the keys of transformers and the best checkpoint") {
  const TinyRun tiny;
  const RunConfig config = config_of(
      tiny, R"({"checkpoints": {"every": "7 steps"}, "training": {"num_train_epochs": 2.5}})");
  RunObserver observer;
  RunLog log(config, observer, std::nullopt, kNumParameters);
  log_step(log, 1);
  log.on_evaluation({at_step(4), {{"loss", 0.5}, {"accuracy", 0.75}}, 9, 0.1, true});
  train::TrainState state = state_at(4);
  CHECK(json::parse(log.trainer_state_text(state, 8)).at("best_model_checkpoint").is_null());
  state.best_metric = 0.75;
  state.best_step = 4;
  const json text = json::parse(log.trainer_state_text(state, 8));
  CHECK(text.at("global_step") == 4);
  CHECK(text.at("max_steps") == 8);
  CHECK(text.at("epoch") == 1.0);
  CHECK(text.at("num_train_epochs") == 3);
  CHECK(text.at("train_batch_size") == 8);
  CHECK(text.at("logging_steps") == 1);
  CHECK(text.at("save_steps") == 7);
  CHECK(text.at("eval_steps") == 0);  // counted in epochs
  CHECK(text.at("num_input_tokens_seen") == 400);
  CHECK(text.at("total_flos") == 6.0 * kNumParameters * 400);
  CHECK(text.at("best_metric") == 0.75);
  CHECK(text.at("best_global_step") == 4);
  CHECK(text.at("best_model_checkpoint") == (config.output_dir / "checkpoint-4").string());
  REQUIRE(text.at("log_history").size() == 2);
  CHECK(text.at("log_history")[1].at("eval_accuracy") == 0.75);
}

TEST_CASE("results of a run lie in the files of Hugging Face's Trainer") {
  const TinyRun tiny;
  const RunConfig config = config_of(tiny);
  RunObserver observer;
  RunLog log(config, observer, std::nullopt, kNumParameters);
  log.add_final_evaluation("validation", state_at(3), {{{"accuracy", 0.5}}, 9, 0.1, nullptr});
  log.add_final_evaluation("test", state_at(3), {{{"accuracy", 0.25}}, 6, 0.1, nullptr});
  log.finish("finished", state_at(3), 24, 3);
  const json all = json::parse(test::read_file(config.output_dir / "all_results.json"));
  CHECK(all.at("eval_accuracy") == 0.5);
  CHECK(all.at("test_accuracy") == 0.25);
  CHECK(all.at("test_samples") == 6);
  CHECK(all.at("train_loss") == 2.0);  // the sum over updates by their number
  CHECK(all.at("train_samples") == 24);
  CHECK(all.at("total_flos") == 6.0 * kNumParameters * 300);
  CHECK(all.at("train_runtime") == 1.5);
  CHECK(all.at("train_samples_per_second") == 16.0);
  CHECK(std::filesystem::exists(config.output_dir / "eval_results.json"));
  CHECK(std::filesystem::exists(config.output_dir / "trainer_state.json"));
  // The evaluation of the validation set was logged when it was made.
  CHECK(events_of(config).at(0).at("split") == "test");
}

TEST_CASE("the observer hears of everything too") {
  struct Counter final : RunObserver {
    void on_step(const train::StepEvent&) override { ++steps; }
    void on_log(const train::LogEvent&) override { ++logs; }
    void on_evaluation(const train::EvaluationEvent&) override { ++evaluations; }
    void on_checkpoint(const train::CheckpointEvent&) override { ++checkpoints; }
    void on_skip(const train::SkipEvent&) override { ++skips; }
    int steps = 0, logs = 0, evaluations = 0, checkpoints = 0, skips = 0;
  } counter;
  const TinyRun tiny;
  const RunConfig config = config_of(tiny);
  RunLog log(config, counter, std::nullopt, kNumParameters);
  log_step(log, 1);
  log.on_evaluation({});
  log.on_checkpoint({});
  log.on_skip({});
  CHECK(counter.steps == 1);
  CHECK(counter.logs == 1);
  CHECK(counter.evaluations == 1);
  CHECK(counter.checkpoints == 1);
  CHECK(counter.skips == 1);
}
