#include "run/final_evaluation.h"

#include <ATen/ops/eye.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "data/encoded_table.h"
#include "run/tiny_run.h"
#include "run/train_run.h"
#include "tasks/fake_models.h"
#include "tasks/text_task.h"
#include "tasks/word_tokenizer.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;
using nlohmann::json;
using test::TinyRun;

namespace {

namespace fs = std::filesystem;

/// One text with the target "w3 w5".
std::shared_ptr<const data::EncodedDataset> one_text() {
  data::EncodedColumns columns;
  columns.token_ids = {2, 3};
  columns.offsets.push_back(2);
  columns.second_begins = {2};
  columns.tokens_cut = {0};
  columns.class_ids = {-1};
  columns.lines = {1};
  columns.text_hashes = {0};
  columns.label_ids = {3, 5, 1};
  columns.label_offsets = {0, 3};
  return data::EncodedTable::in_memory(std::move(columns));
}

}  // namespace

TEST_CASE("a damaged best model is an error with a way out: the last model, when told to") {
  const TinyRun tiny;
  const std::string patch = R"({"optimizer": {"learning_rate": 1e-12}})";  // the first stays best
  REQUIRE(tiny.train(patch).best_step == 3);
  const fs::path damaged = tiny / "run/checkpoint-3/model.safetensors";
  test::write_file(damaged, test::read_file(damaged) + "?");
  CHECK_THAT(test::error_of<CheckpointError>([&] { tiny.train(patch); }),
             Contains("--repair") && Contains(damaged.string()) && Contains("last model"));
  TrainRequest request{tiny.config(patch)};
  request.repairs = true;
  RunObserver observer;
  TrainSummary summary;
  CHECK_THAT(test::logged([&] { summary = run::train(request, observer); }),
             Contains("damaged-checkpoint-3") && Contains("the best model, of step 3") &&
                 Contains("judged by its last model"));
  CHECK(summary.status == "finished");
  CHECK_FALSE(summary.best_step.has_value());
  CHECK(summary.validation.contains("accuracy"));
  CHECK_FALSE(fs::is_symlink(tiny / "run/best"));
}

TEST_CASE(
    "a split's results, predictions and report are written; texts that are gone are left out") {
  const TinyRun tiny;
  const RunConfig config = tiny.config();
  std::filesystem::create_directories(config.output_dir);
  const test::WordTokenizer tokenizer;
  test::TableSeq2Seq model(at::eye(6));
  tasks::TextTask task(std::make_unique<tasks::Seq2SeqFeed>(model), tokenizer,
                       {.generation = test::at_most(3), .text_metrics = {"exact_match"}});
  RunObserver observer;
  RunLog log(config, observer, std::nullopt, /*num_parameters=*/0);
  const train::TrainState state;
  FinalEvaluation evaluation({config, task, log, state});
  const auto dataset = one_text();
  const std::string gone = (tiny / "gone.tsv").string();
  std::optional<metrics::Values> values;
  const std::string logged = test::logged([&] {
    values = evaluation.evaluate("test", {gone, {}, *dataset});
  });
  CHECK_THAT(logged, Contains("without texts"));
  REQUIRE(values);
  CHECK(*values->at("exact_match") == 0.0);
  CHECK(values->at("loss").has_value());
  const auto lines = test::lines_of(config.output_dir / "predictions/test.jsonl");
  REQUIRE(lines.size() == 1);
  CHECK(json::parse(lines[0]).at("text") == "w4");
  REQUIRE(evaluation.results().size() == 1);
  CHECK(evaluation.results()[0].split == "test");
  CHECK(evaluation.results()[0].intervals.contains("exact_match"));
  CHECK(json::parse(test::read_file(config.output_dir / "all_results.json")).contains("test_loss"));
}
