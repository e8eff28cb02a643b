#include "run/samples.h"

#include <ATen/ops/rand.h>

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

namespace {

/// Three texts of one token with targets "3", "4" and "5".
std::shared_ptr<const data::EncodedDataset> three_texts() {
  data::EncodedColumns columns;
  columns.label_offsets = {0};
  for (int32_t i = 0; i < 3; ++i) {
    columns.token_ids.push_back(2);
    columns.offsets.push_back(i + 1);
    columns.second_begins.push_back(1);
    columns.tokens_cut.push_back(0);
    columns.class_ids.push_back(-1);
    columns.lines.push_back(i + 1);
    columns.text_hashes.push_back(static_cast<uint64_t>(i));
    columns.label_ids.push_back(3 + i);
    columns.label_offsets.push_back(i + 1);
  }
  return data::EncodedTable::in_memory(std::move(columns));
}

struct Fixture {
  test::WordTokenizer tokenizer;
  test::TableSeq2Seq model{at::rand({6, 6})};
  tasks::TextTask task{std::make_unique<tasks::Seq2SeqFeed>(model),
                       tokenizer,
                       {.generation = test::at_most(3),
                        .text_metrics = {"exact_match"},
                        .answer_key = "translation"}};
  std::shared_ptr<const data::EncodedDataset> dataset = three_texts();
  test::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "samples.jsonl";

  Samples samples(SampleOptions options) {
    options.file = file;
    return Samples(task, {"-", {}, *dataset}, options);
  }
};

train::Position at_step(int64_t step) {
  train::Position position;
  position.updates = step;
  return position;
}

}  // namespace

TEST_CASE("samples are answered in batches, judged and shown") {
  Fixture fixture;
  Samples samples = fixture.samples({.num_rows = 100, .num_shown = 2, .batch_size = 2});
  const auto values = samples.judge(at_step(7), [] { return false; });
  REQUIRE(values);
  CHECK(*values->at("exact_match") == Approx(1.0 / 3.0));  // the model writes w4 for each
  const auto lines = test::lines_of(fixture.file);
  REQUIRE(lines.size() == 2);
  CHECK(json::parse(lines[1]).at("step") == 7);
  CHECK(json::parse(lines[1]).at("line") == 2);
  CHECK(json::parse(lines[1]).at("translation") == "w4");
}

TEST_CASE("only the first rows count, and a signal cuts it short") {
  Fixture fixture;
  Samples samples = fixture.samples({.num_rows = 1, .num_shown = 0, .batch_size = 2});
  CHECK(*samples.judge(at_step(1), [] { return false; })->at("exact_match") == 0.0);
  CHECK_FALSE(samples.judge(at_step(1), [] { return true; }));
}

TEST_CASE("a resumed run drops the samples of the part that was lost") {
  Fixture fixture;
  for (const int64_t step : {5, 10}) {
    Samples samples =
        fixture.samples({.num_rows = 3, .num_shown = 1, .batch_size = 2, .resume_step = step});
    samples.judge(at_step(step + 5), [] { return false; });
  }
  Samples resumed = fixture.samples({.num_rows = 3, .resume_step = 10});
  CHECK(test::lines_of(fixture.file).size() == 1);
}
