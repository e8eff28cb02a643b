#include "report/trainer_state.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "support/test_support.h"

using namespace finetune::report;
using finetune::test::shell_quote;
using nlohmann::json;

namespace {

History example_history() {
  History history;
  history.train.push_back({10, 0.5, 0.69, 5e-5, 1.5, 1000.0, 32.0});
  history.train.push_back({20, 1.0, 0.5, 2.5e-5, 1.25, 1000.0, 32.0});
  history.train.push_back({30, 1.5, 0.4, 1e-5, 1.0, 1000.0, 32.0});
  EvaluationEvent evaluation;
  evaluation.step = 20;
  evaluation.epoch = 1.0;
  evaluation.values = {{"loss", 0.5}, {"accuracy", 0.875}, {"f1", std::nullopt}};
  history.evaluations.push_back(evaluation);
  return history;
}

TrainerStateFields example_fields() {
  TrainerStateFields fields;
  fields.global_step = 30;
  fields.epoch = 1.5;
  fields.max_steps = 60;
  fields.num_train_epochs = 3;
  fields.train_batch_size = 32;
  fields.best_metric = 0.875;
  fields.best_global_step = 20;
  fields.best_model_checkpoint = "runs/\"a\"/checkpoint-20";
  return fields;
}

}  // namespace

TEST_CASE("the log history is in order of steps, training before evaluation, summary last") {
  TrainerStateFields fields = example_fields();
  fields.summary = TrainSummary{1.5, 0.53, 12.0, 640, 960, 30, 0.0};
  const json state = json::parse(trainer_state_json(fields, example_history()));
  const json& log = state.at("log_history");
  REQUIRE(log.size() == 5);
  CHECK(log[0] == json({{"epoch", 0.5},
                        {"grad_norm", 1.5},
                        {"learning_rate", 5e-5},
                        {"loss", 0.69},
                        {"step", 10}}));
  CHECK(log[1].at("step") == 20);
  CHECK(log[1].contains("loss"));
  CHECK(log[2].at("eval_accuracy") == 0.875);
  CHECK(log[2].at("eval_f1").is_null());
  CHECK(log[3].at("step") == 30);
  CHECK(log[4].at("train_loss") == 0.53);
  CHECK(state.at("best_metric") == 0.875);
}

TEST_CASE("a run without evaluation has no best model and no infinity of nulls") {
  const json state = json::parse(trainer_state_json({}, {}));
  CHECK(state.at("best_metric").is_null());
  CHECK(state.at("best_model_checkpoint").is_null());
  CHECK(state.at("log_history") == json::array());
}

TEST_CASE("transformers loads trainer_state.json, and its fields are all there") {
  const auto python = finetune::test::python();
  if (!python) return;
  const finetune::test::TemporaryFolder folder;
  const auto file = folder.path() / "trainer_state.json";
  finetune::test::write_file(file, trainer_state_json(example_fields(), example_history()));
  const auto script = finetune::test::fixture("report/fixtures/load_trainer_state.py");
  const auto result =
      finetune::test::run_shell(shell_quote(python->string()) + " " + shell_quote(script.string()) +
                                " " + shell_quote(file.string()));
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  const json seen = json::parse(result.out);
  CHECK(seen.at("global_step") == 30);
  CHECK(seen.at("best_model_checkpoint") == "runs/\"a\"/checkpoint-20");
  CHECK(seen.at("num_entries") == 4);
  CHECK(seen.at("missing") == json::array());
}
