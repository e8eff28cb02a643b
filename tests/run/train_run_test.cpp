#include "run/train_run.h"

#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "run/model_folder.h"
#include "run/tiny_run.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;
using nlohmann::json;
using test::RecordingObserver;
using test::TinyRun;

namespace {

namespace fs = std::filesystem;

json json_of(const fs::path& file) { return json::parse(test::read_file(file)); }

/// What is said of a run that cannot be made.
template <class ErrorType>
std::string train_error(const TinyRun& tiny, const std::string& patch,
                        ResumeMode mode = ResumeMode::kAuto) {
  RunObserver observer;
  return test::error_of<ErrorType>([&] { run::train({tiny.config(patch), mode}, observer); });
}

/// "event step" of every line of metrics.jsonl, of the events that belong to training.
std::vector<std::string> logged_steps(const fs::path& run) {
  std::vector<std::string> steps;
  for (const std::string& line : test::lines_of(run / "metrics.jsonl")) {
    const json event = json::parse(line);
    if (event.at("event") == "train" || event.at("event") == "evaluation") {
      steps.push_back(event.at("event").get<std::string>() + " " + event.value("split", "") + " " +
                      event.at("step").dump());
    }
  }
  return steps;
}

}  // namespace

TEST_CASE("a run leaves every file of a run folder, and its loss falls") {
  const TinyRun tiny;
  RecordingObserver observer;
  const TrainSummary summary =
      run::train({tiny.config(R"({"training": {"num_train_epochs": 12}})")}, observer);
  const fs::path folder = tiny / "run";
  CHECK(summary.status == "finished");
  CHECK(summary.output_dir == folder);
  CHECK(summary.num_updates == 36);
  CHECK(summary.tokens_per_second > 0.0);
  CHECK(observer.total_updates == 36);
  CHECK(observer.updates_at_start == 0);
  CHECK(observer.losses.size() == 36);
  CHECK(observer.loss_ratio() < 0.5);
  REQUIRE(summary.best_step);
  CHECK(*summary.validation.at("accuracy") > 0.6);
  CHECK(summary.test.contains("accuracy"));

  for (const char* name : {"config.json",
                           "environment.json",
                           "data_report.json",
                           "metrics.jsonl",
                           "trainer_state.json",
                           "all_results.json",
                           "eval_results.json",
                           "test_results.json",
                           "train_results.json",
                           "predictions/validation.jsonl",
                           "predictions/test.jsonl",
                           "report.html",
                           "best",
                           "last",
                           "last/config.json",
                           "last/model.safetensors",
                           "last/vocab.txt",
                           "last/optimizer.safetensors",
                           "last/state.json",
                           "last/manifest.json",
                           "last/run.json",
                           "last/run_config.json",
                           "last/trainer_state.json"}) {
    INFO(name);
    CHECK(fs::exists(folder / name));
  }
  CHECK(fs::read_symlink(folder / "last") == "checkpoint-36");
  CHECK(fs::read_symlink(folder / "best") == "checkpoint-" + std::to_string(*summary.best_step));
  CHECK(read_run_config(folder / "config.json").training.batch_size == 8);
  CHECK(json_of(folder / "all_results.json").at("eval_accuracy") ==
        *summary.validation.at("accuracy"));
  CHECK(json_of(folder / "trainer_state.json").at("global_step") == 36);
  CHECK(test::lines_of(folder / "predictions/test.jsonl").size() == 6);
  CHECK(load_trained_model(folder).labels.names() ==
        std::vector<std::string>{"bad", "fair", "good"});
}

TEST_CASE("a finished run that is started again trains nothing and logs no step twice") {
  const TinyRun tiny;
  const TrainSummary first = tiny.train();
  const std::vector<std::string> steps = logged_steps(tiny / "run");
  const json history = json_of(tiny / "run/trainer_state.json").at("log_history");
  REQUIRE(history.size() == 13);  // 9 updates, 3 evaluations, the test set
  RecordingObserver observer;
  const TrainSummary second = run::train({tiny.config(), ResumeMode::kMust}, observer);
  CHECK(observer.updates_at_start == 9);
  CHECK(observer.losses.empty());
  CHECK(second.status == "finished");
  CHECK(second.best_step == first.best_step);
  CHECK(second.tokens_per_second == first.tokens_per_second);
  CHECK((second.validation == first.validation));
  CHECK((second.test == first.test));
  CHECK(logged_steps(tiny / "run") == steps);
  json again = json_of(tiny / "run/trainer_state.json").at("log_history");
  again.back()["test_runtime"] = history.back().at("test_runtime");
  CHECK(again == history);
}

TEST_CASE("a run that was cut off ends with the same weights as one that was not") {
  const TinyRun whole;
  const TinyRun parts;
  const std::string patch = R"({"checkpoints": {"every": "2 steps", "keep_last": 9},
                                "evaluation": {"every": "3 steps"}})";
  whole.train(patch);
  parts.train(patch);
  // What a kill after step 4 leaves: the newer checkpoints never came to be.
  for (int step = 5; step <= 9; ++step)
    fs::remove_all(parts / ("run/checkpoint-" + std::to_string(step)));
  fs::remove(parts / "run/best");
  fs::remove(parts / "run/last");
  RecordingObserver observer;
  run::train({parts.config(patch)}, observer);
  CHECK(observer.updates_at_start == 4);
  CHECK(observer.losses.size() == 5);
  for (const char* name : {"model.safetensors", "optimizer.safetensors"}) {
    CHECK(test::read_file(parts / "run/checkpoint-9" / name) ==
          test::read_file(whole / "run/checkpoint-9" / name));
  }
  CHECK(logged_steps(parts / "run") == logged_steps(whole / "run"));
}

TEST_CASE("a run that was stopped says which step is the best so far") {
  struct Stopping final : RunObserver {
    void on_step(const train::StepEvent& event) override {
      if (event.position.updates == 4) raise(SIGTERM);
    }
  } observer;
  const TinyRun tiny;
  const TrainSummary summary = run::train({tiny.config()}, observer);
  CHECK(summary.status == "preempted");
  CHECK(summary.num_updates == 4);
  CHECK(summary.best_step == 3);
}

TEST_CASE("what would make it another run is refused at the resume") {
  const TinyRun tiny;
  tiny.train(R"({"training": {"max_steps": 2}})");
  CHECK_THAT(train_error<ConfigError>(tiny, R"({"training": {"max_steps": 2}, "seed": 8})"),
             Contains("seed: 7 -> 8"));
  CHECK_THAT(train_error<BusyError>(tiny, R"({"training": {"max_steps": 2}})", ResumeMode::kNever),
             Contains("checkpoint-2"));
  tiny.write("train.tsv", test::labelled_rows(27, 0));
  CHECK_THAT(
      train_error<DataError>(tiny, R"({"training": {"max_steps": 2}})"),
      Contains("the training data") && Contains("train.tsv") && Contains("--allow-data-change"));
}

TEST_CASE("a run that cannot be made says so before it trains") {
  const TinyRun tiny;
  tiny.write("file", "x");
  CHECK_THAT(train_error<IoError>(tiny, R"({"output_dir": "file"})"),
             Contains("output_dir") && Contains((tiny / "file").string()));
  CHECK_THAT(train_error<IoError>(tiny, R"({"output_dir": "file/run"})"), Contains("output_dir"));
  CHECK_THAT(train_error<CheckpointError>(tiny, "{}", ResumeMode::kMust),
             Contains("no checkpoint"));
  CHECK_THAT(train_error<ConfigError>(tiny, R"({"data": {"max_length": 25}})"),
             Contains("24 positions"));
  tiny.write("model/vocab.txt", test::tiny_vocabulary() + "one too many\n");
  CHECK_THAT(train_error<CheckpointError>(tiny, "{}"), Contains("only 60 rows"));
}

TEST_CASE("a metric that the task does not have is refused before training") {
  const TinyRun tiny;
  CHECK_THAT(train_error<ConfigError>(tiny, R"({"evaluation": {"metric": "mse"}})"),
             Contains("evaluation.metric") && Contains("'mse'") && Contains("macro_f1"));
  CHECK_THAT(train_error<ConfigError>(tiny, R"({"evaluation": {"metric": "f1"}})"),
             Contains("'f1'") && Contains("3 labels"));
  CHECK_THAT(train_error<ConfigError>(tiny, R"({"early_stopping": {"metric": "pearson"}})"),
             Contains("early_stopping.metric"));
}

TEST_CASE("a run folder belongs to one run at a time") {
  const TinyRun tiny;
  const RunConfig config = tiny.config();
  fs::create_directory(config.output_dir);
  const base::FolderLock lock(config.output_dir);
  CHECK_THAT(train_error<BusyError>(tiny, "{}"), Contains(std::to_string(getpid())));
}

TEST_CASE("a share of the training data can choose the model") {
  const TinyRun tiny;
  const TrainSummary summary = tiny.train(R"({"data": {"validation": "25 percent"}})");
  CHECK(summary.num_updates == 9);  // 18 rows are 3 batches of 8, as 24 were
  CHECK(summary.best_step.has_value());
  const auto lines = test::lines_of(tiny / "run/predictions/validation.jsonl");
  REQUIRE(lines.size() == 6);
  for (const std::string& line : lines) {
    const json row = json::parse(line);
    const auto train_lines = test::lines_of(tiny / "train.tsv");
    const std::string& source = train_lines.at(row.at("line").get<size_t>() - 1);
    CHECK(source.starts_with(row.at("text").get<std::string>() + "\t"));
  }
}

TEST_CASE("the test set never chooses a model") {
  const TinyRun with;
  const TinyRun without;
  const TinyRun other;
  std::string shuffled = "text\tlabel\n";
  for (int i = 0; i < 6; ++i) shuffled += "w" + std::to_string(30 + i) + " good\tbad\n";
  other.write("test.tsv", shuffled);
  const TrainSummary a = with.train();
  const TrainSummary b = without.train(R"({"data": {"test": null}})");
  const TrainSummary c = other.train();
  CHECK(a.best_step == b.best_step);
  CHECK(a.best_step == c.best_step);
  CHECK((a.validation == b.validation));
  CHECK((a.test != c.test));
}

TEST_CASE("without validation data the last model counts") {
  const TinyRun tiny;
  const TrainSummary summary = tiny.train(R"({"data": {"validation": null}})");
  CHECK_FALSE(summary.best_step.has_value());
  CHECK(summary.validation.empty());
  CHECK(summary.test.contains("accuracy"));
  CHECK_FALSE(fs::exists(tiny / "run/best"));
  CHECK(resolve_model_folder(tiny / "run") == tiny / "run/checkpoint-9");
  CHECK_FALSE(fs::exists(tiny / "run/predictions/validation.jsonl"));
}

TEST_CASE("early stopping and time limits end a run with their own status") {
  const TinyRun tiny;
  const TrainSummary stopped = tiny.train(R"({"output_dir": "stopped",
      "optimizer": {"learning_rate": 1e-12}, "training": {"num_train_epochs": 50},
      "early_stopping": {"patience": 2}})");
  CHECK(stopped.status == "stopped_early");
  CHECK(stopped.num_updates == 9);
  CHECK(*stopped.best_step == 3);
  const TrainSummary late = tiny.train(R"({"output_dir": "late",
      "training": {"max_time": "0.000001 seconds"}})");
  CHECK(late.status == "time_is_up");
  CHECK(late.num_updates == 1);
}

TEST_CASE("labels keep the order that the model was trained with") {
  const TinyRun tiny;
  json config = json_of(tiny / "model/config.json");
  config["id2label"] = {{"0", "good"}, {"1", "bad"}, {"2", "fair"}};
  tiny.write("model/config.json", config.dump());
  tiny.train(R"({"training": {"max_steps": 1}})");
  CHECK(load_trained_model(tiny / "run").labels.names() ==
        std::vector<std::string>{"good", "bad", "fair"});
}

TEST_CASE("a run is judged by its best model, not by its last") {
  const TinyRun tiny;
  std::string wrong = "text\tlabel\n";
  for (int i = 0; i < 6; ++i) {
    const std::string start = "w" + std::to_string(20 + i);
    wrong += start + " good\tbad\n" + start + " bad\tgood\n";
  }
  tiny.write("dev.tsv", wrong);  // whoever learns the training set unlearns this one
  tiny.write("test.tsv", wrong);
  const TrainSummary summary =
      tiny.train(R"({"training": {"num_train_epochs": 12}, "evaluation": {"metric": "loss"}})");
  REQUIRE(summary.best_step);
  REQUIRE(*summary.best_step < summary.num_updates);
  const json state = json_of(tiny / "run/trainer_state.json");
  CHECK(state.at("best_global_step") == *summary.best_step);
  CHECK(*summary.validation.at("loss") ==
        Approx(state.at("best_metric").get<double>()).epsilon(1e-9));
  CHECK(*summary.test.at("loss") == Approx(*summary.validation.at("loss")).epsilon(1e-6));
  CHECK(fs::exists(tiny / "run/best/model.safetensors"));
}
