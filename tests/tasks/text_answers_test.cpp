#include "tasks/text_answers.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tasks/scored_rows.h"
#include "tasks/word_tokenizer.h"

using namespace finetune;
using namespace finetune::tasks;
using nlohmann::json;

namespace {

const test::WordTokenizer kTokenizer;

decode::Hypothesis written(std::vector<int32_t> ids, double score) {
  return {std::move(ids), 2.0 * score, score};
}

}  // namespace

TEST_CASE("an answer is the best text with its score, and all of them where there are more") {
  TextAnswers answers(kTokenizer, {2, "translation", {}, {}});
  answers.set(0, {written({2, 3, 1}, -0.5)});
  answers.set(1, {written({4}, -1.0), written({5}, -1.5)});
  CHECK(answers.to_json(0) == json::parse(R"({"translation": "w2 w3", "score": -0.5})"));
  CHECK(answers.to_json(1) == json::parse(R"({"translation": "w4", "score": -1.0, "n_best": [
      {"translation": "w4", "score": -1.0}, {"translation": "w5", "score": -1.5}]})"));
  CHECK(answers.to_text(0) == "w2 w3");
  CHECK(answers.expected_json({.target = "a b"}) == "a b");
  CHECK(answers.expected_json({.text = "a"}).is_null());
  CHECK_FALSE(answers.needs_examples());
}

TEST_CASE("metrics are those of the texts against their references, with intervals") {
  TextAnswers answers(kTokenizer, {3, "translation", {"bleu", "exact_match"}, {}});
  for (int64_t row = 0; row < 3; ++row) answers.set(row, {written({2, 3, 4, 5, 2}, -0.5)});
  CHECK(answers.values().empty());
  CHECK(answers.needs_examples());
  for (int64_t row = 0; row < 3; ++row) answers.meet(row, {.target = "w2 w3 w4 w5 w2 "});
  CHECK(*answers.values().at("bleu") == Approx(100.0));
  CHECK(*answers.values().at("exact_match") == 1.0);
  answers.meet(2, {.target = "w5"});
  CHECK(*answers.values().at("exact_match") == Approx(2.0 / 3.0));
  const auto dataset = test::rows_of_classes({-1, -1, -1});
  const metrics::SplitResult result = answers.judge(*dataset);
  CHECK(result.num_examples == 3);
  CHECK(result.intervals.at("exact_match").low < 0.5);
  CHECK(result.intervals.at("exact_match").high == 1.0);
  CHECK(result.intervals.contains("bleu"));
}
