#include "run/evaluation_report.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace finetune;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

report::SplitResult example() {
  report::SplitResult result;
  result.split = "test";
  result.num_examples = 5;
  result.values = {{"accuracy", 0.8}, {"matthews_correlation", std::nullopt}};
  result.intervals = {{"accuracy", {0.4, 1.0}}};
  result.labels = {"no", "yes"};
  result.per_class = {{0.75, 1.0, 0.857142, 3, 4}, {1.0, 0.5, 0.666666, 2, 1}};
  result.confusion = {3, 0, 1, 1};
  return result;
}

}  // namespace

TEST_CASE("the report for programs has metrics with intervals, classes and counts") {
  CHECK(run::evaluation_json(example()) == json::parse(R"({
      "num_examples": 5,
      "metrics": {"accuracy": {"value": 0.8, "low": 0.4, "high": 1.0},
                  "matthews_correlation": {"value": null}},
      "per_class": [
        {"label": "no", "precision": 0.75, "recall": 1.0, "f1": 0.857142, "support": 3},
        {"label": "yes", "precision": 1.0, "recall": 0.5, "f1": 0.666666, "support": 2}],
      "confusion_matrix": {"labels": ["no", "yes"], "counts": [[3, 0], [1, 1]]}})"));
}

TEST_CASE("scores that are undefined are null for programs and a dash for people") {
  report::SplitResult result = example();
  result.per_class[1] = {std::nullopt, 0.0, std::nullopt, 2, 0};
  CHECK(run::evaluation_json(result).at("per_class")[1].at("precision").is_null());
  CHECK_THAT(run::evaluation_text(result),
             Contains("'yes'               -          0.0000     -          2\n") &&
                 Contains("matthews_correlation    -          \n"));
}

TEST_CASE("the report for people is three tables") {
  const std::string text = run::evaluation_text(example());
  CHECK_THAT(text, Contains("5 examples\n") &&
                       Contains("accuracy                0.8000     0.4000 - 1.0000\n") &&
                       Contains("'no'                0.7500     1.0000     0.8571     3\n") &&
                       Contains("'yes'               1            1            \n"));
}

TEST_CASE("columns stand one below the other, however long the labels are") {
  report::SplitResult result = example();
  result.labels = {"a label of 24 characters", "weiß"};
  const std::string text = run::evaluation_text(result);
  CHECK_THAT(text, Contains("label                   precision  recall     f1         support\n"
                            "'a label of 24 char'... 0.7500     1.0000     0.8571     3\n"
                            "'weiß'                  1.0000     0.5000     0.6667     2\n"));
  CHECK_THAT(text, Contains("                        'a label of'... 'weiß'          \n"
                            "'a label of 24 char'... 3               0               \n"
                            "'weiß'                  1               1               \n"));
}

TEST_CASE("a regression has metrics only, and a wide confusion matrix is for programs") {
  report::SplitResult result;
  result.num_examples = 2;
  result.values = {{"mse", 0.5}};
  CHECK(run::evaluation_json(result) ==
        json::parse(R"({"num_examples": 2, "metrics": {"mse": {"value": 0.5}}})"));
  CHECK_THAT(run::evaluation_text(result), !Contains("label"));

  report::SplitResult wide = example();
  wide.labels.clear();
  for (int i = 0; i < 13; ++i) wide.labels.push_back("label " + std::to_string(i));
  wide.per_class.assign(13, {});
  wide.confusion.assign(13 * 13, 0);
  CHECK_THAT(run::evaluation_text(wide), !Contains("confusion"));
  CHECK(run::evaluation_json(wide).at("confusion_matrix").at("counts").size() == 13);
}

TEST_CASE("names of labels cannot act on a terminal") {
  report::SplitResult result = example();
  result.labels[0] = "\x1b[31mred";
  CHECK_THAT(run::evaluation_text(result), !Contains("\x1b"));
}

TEST_CASE("written texts have signatures and a table by source length") {
  report::SplitResult result;
  result.num_examples = 5;
  result.values = {{"bleu", 34.5}};
  result.intervals = {{"bleu", {30.0, 39.0}}};
  result.notes["bleu"] = {"nrefs:1|tok:13a", "60.0/40.0"};
  result.by_length = {{1, 10, 3, {{"bleu", 40.25}}},
                      {101, std::nullopt, 2, {{"bleu", std::nullopt}}}};
  CHECK(run::evaluation_json(result) == json::parse(R"({
      "num_examples": 5,
      "metrics": {"bleu": {"value": 34.5, "low": 30.0, "high": 39.0,
                           "signature": "nrefs:1|tok:13a", "details": "60.0/40.0"}},
      "by_source_length": [
        {"least": 1, "most": 10, "num_examples": 3, "metrics": {"bleu": 40.25}},
        {"least": 101, "most": null, "num_examples": 2, "metrics": {"bleu": null}}]})"));
  CHECK_THAT(run::evaluation_text(result),
             Contains("bleu                    34.5000    30.0000 - 39.0000\n") &&
                 Contains("bleu|nrefs:1|tok:13a  60.0/40.0\n") &&
                 Contains("source tokens   examples   bleu         \n"
                          "1-10            3          40.2500      \n"
                          "101+            2          -            \n"));
}
