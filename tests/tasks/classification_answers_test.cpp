#include "tasks/classification_answers.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tasks/scored_rows.h"

using namespace finetune;
using namespace finetune::tasks;
using nlohmann::json;

namespace {

const data::LabelMap kLabels({"negative", "neutral", "positive"});

}  // namespace

TEST_CASE("scores come back by row, in whatever order they were given") {
  ScoreTable table(3, 2);
  table.set(2, std::vector<float>{5, 6});
  table.set(0, std::vector<float>{1, 2});
  CHECK(std::vector<float>(table.row(0).begin(), table.row(0).end()) == std::vector<float>{1, 2});
  CHECK(std::vector<float>(table.row(1).begin(), table.row(1).end()) == std::vector<float>{0, 0});
  CHECK(std::vector<float>(table.row(2).begin(), table.row(2).end()) == std::vector<float>{5, 6});
}

TEST_CASE("the answer of a single-label model is its most likely label") {
  const std::vector<float> scores = {0.1F, 0.2F, 0.7F};
  CHECK(prediction_json(Problem::kSingleLabel, kLabels, scores) == json::parse(R"(
      {"label": "positive", "scores": {"negative": 0.1, "neutral": 0.2, "positive": 0.7}})"));
  CHECK(prediction_text(Problem::kSingleLabel, kLabels, scores) == "positive");
}

TEST_CASE("the answer of a multi-label model is all labels above one half") {
  const std::vector<float> scores = {0.9F, 0.5F, 0.51F};
  CHECK(prediction_json(Problem::kMultiLabel, kLabels, scores) == json::parse(R"(
      {"labels": ["negative", "positive"],
       "scores": {"negative": 0.9, "neutral": 0.5, "positive": 0.51}})"));
  CHECK(prediction_text(Problem::kMultiLabel, kLabels, scores) == "negative;positive");
  const std::vector<float> none = {0.1F, 0.1F, 0.1F};
  CHECK(prediction_json(Problem::kMultiLabel, kLabels, none).at("labels") == json::array());
  CHECK(prediction_text(Problem::kMultiLabel, kLabels, none).empty());
}

TEST_CASE("the answer of a regression is a number of six decimals") {
  const std::vector<float> scores = {2.3F};
  CHECK(prediction_json(Problem::kRegression, {}, scores).dump() == R"({"value":2.3})");
  CHECK(prediction_text(Problem::kRegression, {}, scores) == "2.3");
}

TEST_CASE("wrong answers come most confident first, of equals the earlier row") {
  const data::LabelMap labels({"bad", "fair", "good"});
  const auto dataset = test::rows_of_classes({2, 0, 1, 0, -1});
  const ClassificationAnswers answers(Problem::kSingleLabel, labels,
                                      test::score_table({{0.5F, 0.3F, 0.2F},
                                                         {0.9F, 0.1F, 0.0F},
                                                         {0.2F, 0.1F, 0.7F},
                                                         {0.1F, 0.5F, 0.4F},
                                                         {1.0F, 0.0F, 0.0F}}));
  const std::vector<WrongRow> wrong = answers.wrong_rows(*dataset, 10);
  REQUIRE(wrong.size() == 3);
  CHECK(wrong[0].row == 2);
  CHECK(wrong[0].expected == "fair");
  CHECK(wrong[0].predicted == "good");
  CHECK(wrong[0].confidence == Approx(0.7));
  CHECK(wrong[1].row == 0);
  CHECK(wrong[2].row == 3);
  CHECK(answers.wrong_rows(*dataset, 1).size() == 1);
}
