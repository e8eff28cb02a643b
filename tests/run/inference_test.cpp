#include "run/inference.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "base/error.h"
#include "run/tiny_run.h"
#include "tasks/classification_answers.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;
using test::TinyRun;

namespace {

data::Example example(const std::string& text) { return {.text = text}; }

const tasks::ScoreTable& scores_of(const tasks::Answers& answers) {
  return dynamic_cast<const tasks::ClassificationAnswers&>(answers).scores();
}

}  // namespace

TEST_CASE("lines get the scores that transformers gives them") {
  const TinyRun tiny;
  Inference inference(tiny / "model");
  CHECK_FALSE(inference.has_pairs());
  const std::vector<data::Example> examples = {example("w9 good w20"), example("bad"),
                                               example("fair w30 w31 w32 w33")};
  const auto answers = inference.answer(examples);
  const tasks::ScoreTable& scores = scores_of(*answers);
  const auto python = test::python();
  if (!python) return;
  const std::string script =
      "import sys, torch, transformers as t\n"
      "m = t.AutoModelForSequenceClassification.from_pretrained(sys.argv[1])\n"
      "k = t.AutoTokenizer.from_pretrained(sys.argv[1])\n"
      "for line in sys.stdin.read().split('\\n'):\n"
      "    with torch.no_grad(): p = m(**k(line, return_tensors='pt')).logits.softmax(-1)[0]\n"
      "    print(*p.tolist())\n";
  const auto result = test::run_shell("HF_HUB_OFFLINE=1 " + test::shell_quote(python->string()) +
                                          " -c " + test::shell_quote(script) + " " +
                                          test::shell_quote((tiny / "model").string()),
                                      "w9 good w20\nbad\nfair w30 w31 w32 w33");
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  std::istringstream expected(result.out);
  for (int64_t row = 0; row < 3; ++row) {
    for (const float score : scores.row(row)) {
      double value = 0.0;
      REQUIRE(expected >> value);
      CHECK(score == Approx(value).margin(1e-5));  // fp32 sums in another order
    }
  }
}

TEST_CASE("a run brings its columns along, and the command line may name others") {
  const TinyRun tiny;
  tiny.write("train.tsv", "label\tsentence\nbad\tbad w8\nfair\tfair w9\ngood\tgood w10\n");
  tiny.train(R"({"data": {"text_column": "sentence", "validation": "train.tsv", "test": null},
                 "training": {"max_steps": 1}})");
  Inference by_run(tiny / "run");
  CHECK(by_run.answer_file((tiny / "train.tsv").string()).values.at("accuracy").has_value());
  CHECK_THAT(test::error_of<DataError>([&] { by_run.answer_file((tiny / "dev.tsv").string()); }),
             Contains("sentence"));

  ColumnOptions columns;
  columns.text = "text";
  Inference by_columns(tiny / "run", columns);
  CHECK(by_columns.answer_file((tiny / "dev.tsv").string()).dataset->size() == 9);

  const auto plain = tiny.write("plain.tsv", "bad\tw8 bad\ngood\tw9 good\n");
  columns = {"1", std::nullopt, "0", true};
  Inference without_header(tiny / "run", columns);
  const auto scored = without_header.answer_file(plain.string());
  CHECK(scored.dataset->size() == 2);
  CHECK(scored.dataset->class_id(1) == 2);
}

TEST_CASE("labels are read only where they are needed") {
  const TinyRun tiny;
  Inference inference(tiny / "model");
  const auto path = tiny.write("unlabelled.tsv", "text\nw8 good\nw9 bad\n").string();
  std::vector<std::string> labels;
  inference.answer_rows(path, [&](const tasks::Answers& answers, int64_t num_rows) {
    for (int64_t row = 0; row < num_rows; ++row) labels.push_back(answers.to_text(row));
  });
  const std::vector<data::Example> examples = {example("w8 good"), example("w9 bad")};
  const auto expected = inference.answer(examples);
  CHECK(labels == std::vector<std::string>{expected->to_text(0), expected->to_text(1)});
  CHECK_THROWS_AS(inference.answer_file(path), DataError);
}

TEST_CASE("plain text has answers, but nothing to judge them by") {
  const TinyRun tiny;
  Inference inference(tiny / "model");
  const std::string path = tiny.write("plain.txt", "w8 good\nw9 bad\n").string();
  int64_t num_answers = 0;
  inference.answer_rows(path, [&](const tasks::Answers&, int64_t rows) { num_answers += rows; });
  CHECK(num_answers == 2);
  CHECK_THAT(test::error_of<DataError>([&] { inference.answer_file(path); }),
             Contains("plain.txt: plain text has no column for the label"));
  CHECK_THAT(test::error_of<ConfigError>([&] { inference.answer_file(path, path); }),
             Contains("--target is for models that write texts"));
}

TEST_CASE("the splits of a run give the values that training ended with") {
  const TinyRun tiny;
  const TrainSummary summary = tiny.train();
  Inference inference(tiny / "run");
  const auto validation = inference.answer_split("validation");
  CHECK(validation.split == "validation");
  CHECK(validation.values.at("accuracy") == summary.validation.at("accuracy"));
  CHECK(*validation.values.at("loss") == Approx(*summary.validation.at("loss")).epsilon(1e-6));
  CHECK(inference.answer_split("test").dataset->size() == 6);
  CHECK(inference.answer_split("train").dataset->size() == 24);
  CHECK(Inference(tiny / "run/best").answer_split("test").dataset->size() == 6);
  CHECK_THAT(test::error_of<ConfigError>([&] { inference.answer_split("dev"); }),
             Contains("'dev'") && Contains("train, validation or test"));
}

TEST_CASE("a split that the run does not have, or without a run, is an error") {
  const TinyRun tiny;
  tiny.train(R"({"data": {"test": null}, "training": {"max_steps": 1}})");
  Inference inference(tiny / "run");
  CHECK_THAT(test::error_of<ConfigError>([&] { inference.answer_split("test"); }),
             Contains("no split 'test'"));
  Inference plain(tiny / "model");
  CHECK_THAT(test::error_of<ConfigError>([&] { plain.answer_split("test"); }),
             Contains("--data FILE"));
}

TEST_CASE("a text longer than the model is cut, as in training") {
  const TinyRun tiny;
  std::string text = "good";
  for (int i = 0; i < 100; ++i) text += " w9";
  const std::vector<data::Example> examples = {example(text)};
  Inference plain(tiny / "model");
  CHECK_NOTHROW(plain.answer(examples));
  tiny.train(R"({"data": {"max_length": 3}, "training": {"max_steps": 1}})");
  Inference inference(tiny / "run");
  const auto cut = inference.answer(examples);
  const std::vector<data::Example> beginnings = {example("good")};
  const auto beginning = inference.answer(beginnings);
  CHECK(std::ranges::equal(scores_of(*cut).row(0), scores_of(*beginning).row(0)));
}

TEST_CASE("bad rows are errors even where the run skipped them") {
  const TinyRun tiny;
  tiny.train(R"({"data": {"on_bad_row": "skip"}, "training": {"max_steps": 1}})");
  Inference inference(tiny / "run");
  const auto path = tiny.write("bad.tsv", "text\tlabel\nw8\tgood\nw9\texcellent\n").string();
  CHECK_THAT(test::error_of<DataError>([&] { inference.answer_file(path); }),
             Contains("bad.tsv:3") && Contains("excellent") && !Contains("on_bad_row"));
}
