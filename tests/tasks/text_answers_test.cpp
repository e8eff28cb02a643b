#include "tasks/text_answers.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "data/encoded_table.h"
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
  TextAnswers lists(kTokenizer, {2, "translation", {}, {}, true});
  for (TextAnswers* each : {&answers, &lists}) {
    each->set(0, {written({2, 3, 1}, -0.5)});
    each->set(1, {written({4}, -1.0), written({5}, -1.5)});
  }
  CHECK(answers.to_json(0) == json::parse(R"({"translation": "w2 w3", "score": -0.5})"));
  CHECK(answers.to_json(1) == json::parse(R"({"translation": "w4", "score": -1.0})"));
  CHECK(lists.to_json(0) == json::parse(R"({"translation": "w2 w3", "score": -0.5, "n_best": [
      {"text": "w2 w3", "score": -0.5}]})"));
  CHECK(lists.to_json(1) == json::parse(R"({"translation": "w4", "score": -1.0, "n_best": [
      {"text": "w4", "score": -1.0}, {"text": "w5", "score": -1.5}]})"));
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
  CHECK(result.notes.at("bleu").signature ==
        "nrefs:1|bs:1000|seed:12345|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0");
  CHECK(result.notes.at("bleu").details.starts_with("73.3/"));  // 11 of 15 words match
}

TEST_CASE("scores are also given by the length of the source, as far as there are texts") {
  TextAnswers answers(kTokenizer, {4, "translation", {"exact_match"}, {}});
  data::EncodedColumns columns;
  for (const int64_t length : {10, 11, 20, 101}) {
    columns.token_ids.resize(columns.token_ids.size() + static_cast<size_t>(length), 2);
    columns.offsets.push_back(static_cast<int64_t>(columns.token_ids.size()));
    columns.second_begins.push_back(static_cast<int32_t>(length));
    columns.tokens_cut.push_back(0);
    columns.class_ids.push_back(-1);
    columns.lines.push_back(1);
    columns.text_hashes.push_back(0);
  }
  const auto dataset = data::EncodedTable::in_memory(std::move(columns));
  for (int64_t row = 0; row < 4; ++row) {
    answers.set(row, {written({2}, -0.5)});
    answers.meet(row, {.target = row == 1 ? "w5" : "w2"});
  }
  const auto groups = answers.judge(*dataset).by_length;
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].least == 1);
  CHECK(groups[0].most == 10);
  CHECK(groups[0].num_examples == 1);
  CHECK(groups[0].values.at("exact_match") == 1.0);
  CHECK(groups[1].least == 11);
  CHECK(groups[1].most == 20);
  CHECK(groups[1].num_examples == 2);
  CHECK(groups[1].values.at("exact_match") == 0.5);
  CHECK(groups[2].least == 101);
  CHECK_FALSE(groups[2].most.has_value());
}
