#include "tasks/text_task.h"

#include <ATen/ops/eye.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/rand.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tasks/fake_models.h"
#include "tasks/text_answers.h"
#include "tasks/word_tokenizer.h"

using namespace finetune;
using namespace finetune::tasks;

namespace {

constexpr int64_t kVocabulary = 6;

/// Scores of the next token after each token.
at::Tensor table() {
  at::Tensor values = at::rand({kVocabulary, kVocabulary}).mul(4.0);
  return values;
}

/// What torch's cross_entropy(label_smoothing) sums to, by its definition.
double expected_loss(const at::Tensor& table, double smoothing) {
  const data::Batch batch = test::text_batch();
  const std::vector<int64_t> inputs = {0, 5, 0, 3, 5};
  const at::Tensor log_p = at::log_softmax(table.to(at::kDouble), -1);
  double sum = 0.0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    double mean = 0.0;
    for (int64_t v = 0; v < kVocabulary; ++v)
      mean -= log_p[inputs[i]][v].item<double>() / static_cast<double>(kVocabulary);
    const double nll = -log_p[inputs[i]][batch.label_ids[i]].item<double>();
    sum += (1.0 - smoothing) * nll + smoothing * mean;
  }
  return sum;
}

std::unique_ptr<TextFeed> feed_of(models::Seq2SeqModel& model) {
  return std::make_unique<Seq2SeqFeed>(model);
}

}  // namespace

TEST_CASE("the loss is a sum over target tokens with label smoothing while training") {
  const test::WordTokenizer tokenizer;
  const at::Tensor scores = table();
  test::TableSeq2Seq model(scores);
  for (const double smoothing : {0.0, 0.1}) {
    TextTask task(feed_of(model), tokenizer, {.label_smoothing = smoothing});
    const LossSum loss = task.loss(test::text_batch(), {});
    CHECK(loss.num_targets == 5);
    CHECK(loss.sum.item<double>() ==
          Approx(expected_loss(scores, smoothing)).epsilon(1e-5));  // fp32 sums
  }
}

TEST_CASE("an evaluation gives loss without smoothing, perplexity and accuracy over all tokens") {
  const test::WordTokenizer tokenizer;
  const at::Tensor scores = table();
  test::TableSeq2Seq model(scores);
  TextTask task(feed_of(model), tokenizer, {.label_smoothing = 0.1});
  const auto evaluation = task.start_evaluation({AnswerMode::kNone, 2});
  CHECK_FALSE(evaluation->values().at("loss").has_value());
  evaluation->add(test::text_batch());
  const metrics::Values values = evaluation->values();
  const double loss = expected_loss(scores, 0.0) / 5.0;
  CHECK(*values.at("loss") == Approx(loss).epsilon(1e-5));
  CHECK(*values.at("perplexity") == Approx(std::exp(loss)).epsilon(1e-5));
  const auto best = test::ids_of(scores.argmax(-1));
  const double hits =
      (best[0] == 5) + (best[5] == 1) + (best[0] == 3) + (best[3] == 5) + (best[5] == 1);
  CHECK(*values.at("token_accuracy") == Approx(hits / 5.0));
  CHECK(evaluation->take_answers() == nullptr);
}

TEST_CASE("given targets are scored row by row, and their sum is the loss") {
  const test::WordTokenizer tokenizer;
  test::TableSeq2Seq model(table());
  TextTask task(feed_of(model), tokenizer, {.generation = test::at_most(4)});
  const auto evaluation = task.start_evaluation({AnswerMode::kGiven, 2});
  evaluation->add(test::text_batch());
  const auto answers = evaluation->take_answers();
  const nlohmann::json first = answers->to_json(0);
  const nlohmann::json second = answers->to_json(1);
  CHECK(first.at("num_tokens") == 3);  // the batch has row 1 in front of row 0
  CHECK(second.at("num_tokens") == 2);
  CHECK(first.at("log_probability").get<double>() + second.at("log_probability").get<double>() ==
        Approx(-5.0 * *evaluation->values().at("loss")).epsilon(1e-6));  // fp32 sums
  CHECK(first.at("log_probability") != second.at("log_probability"));
}

TEST_CASE("an evaluation has intervals where they are asked for") {
  const test::WordTokenizer tokenizer;
  test::TableSeq2Seq model(table());
  TextTask task(feed_of(model), tokenizer, {});
  for (const bool is_asked : {false, true}) {
    const auto evaluation = task.start_evaluation(
        {.answers = AnswerMode::kNone, .num_rows = 2, .has_intervals = is_asked});
    evaluation->add(test::text_batch());
    const auto intervals = evaluation->intervals();
    CHECK(intervals.empty() == !is_asked);
    if (!is_asked) continue;
    const double loss = *evaluation->values().at("loss");
    CHECK(intervals.at("loss").low < loss);
    CHECK(intervals.at("loss").high > loss);
    CHECK(intervals.contains("perplexity"));
    CHECK(intervals.contains("token_accuracy"));
  }
}

TEST_CASE("answers are texts with scores, judged by the decoded targets until texts are known") {
  const test::WordTokenizer tokenizer;
  test::TableSeq2Seq model(table());
  TextTask task(feed_of(model), tokenizer,
                {.generation = test::at_most(4),
                 .text_metrics = {"exact_match"},
                 .answer_key = "translation"});
  const auto evaluation = task.start_evaluation({AnswerMode::kQuick, 2});
  evaluation->add(test::text_batch());
  const auto answers = evaluation->take_answers();
  CHECK(answers->to_json(0).at("translation") == "w4");
  CHECK(answers->to_text(1) == "w4");
  CHECK(*answers->values().at("exact_match") == 0.0);
  CHECK(dynamic_cast<TextAnswers&>(*answers).reference(0) == "w3 w5");
  answers->meet(0, {.target = "w4 "});
  CHECK(*answers->values().at("exact_match") == 0.5);
}

TEST_CASE("where answers alone are wanted, the model is not fed for a loss") {
  const test::WordTokenizer tokenizer;
  test::TableModel model(table());
  TextTask task(std::make_unique<LanguageFeed>(model), tokenizer, {.generation = test::at_most(4)});
  data::Batch prompts = test::text_batch();
  prompts.label_ids.clear();
  prompts.label_offsets.clear();
  const auto evaluation = task.start_evaluation({AnswerMode::kFull, 2, /*wants_values=*/false});
  evaluation->add(prompts);
  CHECK_FALSE(model.fed.token_ids.defined());
  CHECK_FALSE(evaluation->values().at("loss").has_value());
  CHECK(evaluation->take_answers()->to_json(1).at("text") == "w4");
}

TEST_CASE("greedy decoding while training heeds no setting of sampling") {
  const test::WordTokenizer tokenizer;
  test::TableSeq2Seq model(table());
  decode::Options drawing = test::at_most(4);
  drawing.do_sample = true;
  drawing.temperature = 0.5;
  drawing.top_k = 7;
  drawing.top_p = 0.9;
  drawing.min_p = 0.1;
  drawing.num_return_sequences = 3;
  TextTask task(feed_of(model), tokenizer, {.generation = drawing});
  const auto evaluation = task.start_evaluation({AnswerMode::kQuick, 2});
  evaluation->add(test::text_batch());
  const auto answer = evaluation->take_answers()->to_json(0);
  CHECK(answer.at("text") == "w4");
  CHECK_FALSE(answer.contains("n_best"));
  const auto full = task.start_evaluation({AnswerMode::kFull, 2});
  full->add(test::text_batch());
  CHECK(full->take_answers()->to_json(0).at("n_best").size() == 3);
}

TEST_CASE("an encoder that gives the same at every position is warned of") {
  const test::WordTokenizer tokenizer;
  test::TableSeq2Seq collapsed(
      at::rand({1, kVocabulary}).expand({kVocabulary, kVocabulary}).clone());
  TextTask ill(feed_of(collapsed), tokenizer, {});
  const auto evaluation = ill.start_evaluation({AnswerMode::kNone, 2});
  CHECK(evaluation->warnings().empty());
  evaluation->add(test::text_batch());
  CHECK(*evaluation->values().at("encoder_similarity") == Approx(1.0));
  REQUIRE(evaluation->warnings().size() == 1);
  CHECK_THAT(evaluation->warnings()[0], Catch::Matchers::Contains("collapsed"));

  test::TableSeq2Seq healthy(at::eye(kVocabulary));
  TextTask well(feed_of(healthy), tokenizer, {});
  const auto other = well.start_evaluation({AnswerMode::kNone, 2});
  other->add(test::text_batch());
  CHECK(*other->values().at("encoder_similarity") == Approx(0.0).margin(1e-12));
  CHECK(other->warnings().empty());
}
