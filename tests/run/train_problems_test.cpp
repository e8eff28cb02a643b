#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "run/model_folder.h"
#include "run/tiny_run.h"
#include "run/train_run.h"

using namespace finetune;
using namespace finetune::run;
using nlohmann::json;
using test::RecordingObserver;
using test::TinyRun;

TEST_CASE("a regression learns its numbers") {
  const TinyRun tiny;
  std::string rows = "text\tlabel\n";
  for (int i = 0; i < 24; ++i) {
    rows += "w" + std::to_string(8 + i) + (i % 2 == 0 ? " good" : " bad");
    rows += i % 2 == 0 ? "\t1.5\n" : "\t-1.5\n";
  }
  tiny.write("train.tsv", rows);
  RecordingObserver observer;
  const TrainSummary summary = run::train(
      {tiny.config(R"({"task": {"problem": "regression"}, "training": {"num_train_epochs": 6},
          "data": {"validation": "train.tsv", "test": null}, "evaluation": {"metric": "mse"}})")},
      observer);
  CHECK(observer.loss_ratio() < 0.5);
  CHECK(*summary.validation.at("mse") < 1.0);
  CHECK(*summary.validation.at("pearson") > 0.8);
  CHECK(summary.test.empty());
  const json line = json::parse(test::lines_of(tiny / "run/predictions/validation.jsonl").at(0));
  CHECK(line.at("target") == 1.5);
  CHECK(line.at("value").get<double>() > 0.0);
  CHECK(load_trained_model(tiny / "run").type->description({}) == "a regression task with 1 label");
}

TEST_CASE("a multi-label run learns its labels") {
  const TinyRun tiny;
  std::string rows = "text\tlabel\n";
  for (int i = 0; i < 24; ++i) {
    rows += "w" + std::to_string(8 + i);
    rows += i % 3 == 0 ? " good fair\tgood;fair\n" : i % 3 == 1 ? " good\tgood\n" : " fair\tfair\n";
  }
  tiny.write("train.tsv", rows);
  RecordingObserver observer;
  const TrainSummary summary = run::train(
      {tiny.config(R"({"task": {"problem": "multi_label"}, "training": {"num_train_epochs": 6},
          "data": {"validation": "train.tsv", "test": null},
          "evaluation": {"metric": "micro_f1"}})")},
      observer);
  CHECK(observer.loss_ratio() < 0.5);
  CHECK(*summary.validation.at("micro_f1") > 0.9);
  const json line = json::parse(test::lines_of(tiny / "run/predictions/validation.jsonl").at(0));
  CHECK(line.at("labels") == json{"fair", "good"});
  const json config = json::parse(test::read_file(tiny / "run/best/config.json"));
  CHECK(config.at("problem_type") == "multi_label_classification");
}

TEST_CASE("pairs are classified by both of their texts") {
  const TinyRun tiny;
  std::string rows = "a\tb\tlabel\n";
  for (int i = 0; i < 24; ++i) {
    rows += "w" + std::to_string(8 + i) + "\tw" + std::to_string(20 + i);
    rows += i % 2 == 0 ? " good\tyes\n" : " bad\tno\n";
  }
  tiny.write("train.tsv", rows);
  RecordingObserver observer;
  const TrainSummary summary =
      run::train({tiny.config(R"({"training": {"num_train_epochs": 6}, "data": {"text_column": "a",
          "text_pair_column": "b", "validation": "train.tsv", "test": null}})")},
                 observer);
  CHECK(observer.loss_ratio() < 0.5);
  CHECK(*summary.validation.at("accuracy") > 0.9);
  const json line = json::parse(test::lines_of(tiny / "run/predictions/validation.jsonl").at(0));
  CHECK(line.at("text_pair") == "w20 good");
}
