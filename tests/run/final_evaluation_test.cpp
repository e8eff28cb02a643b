#include "run/final_evaluation.h"

#include <ATen/ops/eye.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "data/encoded_table.h"
#include "run/tiny_run.h"
#include "tasks/fake_models.h"
#include "tasks/text_task.h"
#include "tasks/word_tokenizer.h"

using namespace finetune;
using namespace finetune::run;
using nlohmann::json;
using test::TinyRun;

namespace {

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
  CHECK_THAT(logged, Catch::Matchers::Contains("without texts"));
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
