#include "report/results.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "support/test_support.h"

using namespace finetune::report;
using finetune::test::read_file;
using finetune::test::TemporaryFolder;
using nlohmann::json;

namespace {

EvaluationEvent evaluation(const std::string& split, double accuracy) {
  EvaluationEvent event;
  event.epoch = 3.0;
  event.split = split;
  event.values = {{"loss", 0.5}, {"accuracy", accuracy}, {"f1", std::nullopt}};
  event.num_examples = 100;
  event.seconds = 2.0;
  return event;
}

}  // namespace

TEST_CASE("results have Hugging Face's names, and all of them come together in one file") {
  const TemporaryFolder folder;
  auto& fs = finetune::base::posix_fs();
  TrainSummary summary;
  summary.epoch = 3.0;
  summary.train_loss = 0.25;
  summary.seconds = 10.0;
  summary.num_examples = 200;
  summary.examples_seen = 600;
  summary.num_updates = 30;
  write_train_results(fs, folder.path(), summary);
  write_evaluation_results(fs, folder.path(), evaluation("validation", 0.75));
  write_evaluation_results(fs, folder.path(), evaluation("test", 0.5));

  const std::string text = read_file(folder.path() / "train_results.json");
  CHECK(text.starts_with("{\n    \"epoch\": 3.0,\n    \"total_flos\""));
  CHECK(json::parse(text) == json({{"epoch", 3.0},
                                   {"total_flos", 0.0},
                                   {"train_loss", 0.25},
                                   {"train_runtime", 10.0},
                                   {"train_samples", 200},
                                   {"train_samples_per_second", 60.0},
                                   {"train_steps_per_second", 3.0}}));
  CHECK(json::parse(read_file(folder.path() / "eval_results.json")) ==
        json({{"epoch", 3.0},
              {"eval_accuracy", 0.75},
              {"eval_f1", nullptr},
              {"eval_loss", 0.5},
              {"eval_runtime", 2.0},
              {"eval_samples", 100},
              {"eval_samples_per_second", 50.0}}));
  const json all = json::parse(read_file(folder.path() / "all_results.json"));
  CHECK(all.size() == 7 + 6 + 6);
  CHECK(all.at("train_loss") == 0.25);
  CHECK(all.at("eval_accuracy") == 0.75);
  CHECK(all.at("test_accuracy") == 0.5);
}

TEST_CASE("later results replace earlier ones of the same name, a damaged file is replaced") {
  const TemporaryFolder folder;
  auto& fs = finetune::base::posix_fs();
  finetune::test::write_file(folder.path() / "all_results.json", "{\"eval_loss\": NaN");
  write_evaluation_results(fs, folder.path(), evaluation("validation", 0.25));
  write_evaluation_results(fs, folder.path(), evaluation("validation", std::nan("")));
  const json all = json::parse(read_file(folder.path() / "all_results.json"));
  CHECK(all.at("eval_accuracy").is_null());
  CHECK(all.at("eval_loss") == 0.5);
}

TEST_CASE("an evaluation that took no measurable time has no infinite rate") {
  const TemporaryFolder folder;
  EvaluationEvent event = evaluation("validation", 0.5);
  event.seconds = 0.0;
  write_evaluation_results(finetune::base::posix_fs(), folder.path(), event);
  const json all = json::parse(read_file(folder.path() / "all_results.json"));
  CHECK(all.at("eval_samples_per_second") == 0.0);
}
