#include "tasks/classification.h"

#include <ATen/ops/from_blob.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "support/test_support.h"
#include "tasks/classification_answers.h"

namespace finetune::tasks {
namespace {

using nlohmann::json;

/// Gives the logits of the fixture, row by row, whatever it is fed.
class FixedModel final : public models::SequenceClassifier {
 public:
  FixedModel(const json& rows, int64_t num_labels) : num_labels_(num_labels) {
    for (const auto& row : rows) {
      for (int64_t c = 0; c < num_labels; ++c)
        values_.push_back(row.at(static_cast<size_t>(c)).get<float>());
    }
  }
  at::Tensor logits(const nn::TokenBatch& batch, const nn::Pass&) override {
    return at::from_blob(values_.data(), {batch.sequences.count(), num_labels_}, at::kFloat)
        .clone();
  }
  torch::nn::Module& module() override { throw InternalError("not used"); }
  models::NameTable names() const override { return {}; }
  json config() const override { return {}; }
  int64_t vocab_size() const override { return 1; }
  int64_t max_length() const override { return 1; }
  int64_t num_segments() const override { return 1; }
  std::vector<float>& values() { return values_; }

 private:
  int64_t num_labels_;
  std::vector<float> values_;
};

json fixture() { return json::parse(test::read_file(test::fixture("tasks/fixtures/losses.json"))); }

data::Batch batch_of(size_t num_sequences) {
  data::Batch batch;
  for (size_t i = 0; i < num_sequences; ++i) {
    batch.token_ids.push_back(0);
    batch.positions.push_back(0);
    batch.segments.push_back(0);
    batch.example_indices.push_back(static_cast<int64_t>(10 + i));
  }
  for (size_t i = 0; i <= num_sequences; ++i) batch.offsets.push_back(static_cast<int64_t>(i));
  return batch;
}

std::vector<float> flat(const json& rows) {
  std::vector<float> values;
  for (const auto& row : rows) {
    for (const auto& value : row) values.push_back(value.get<float>());
  }
  return values;
}

const ScoreTable& scores_of(const Answers& answers) {
  return dynamic_cast<const ClassificationAnswers&>(answers).scores();
}

double mean(const LossSum& loss) {
  return loss.sum.item<double>() / static_cast<double>(loss.num_targets);
}

TEST_CASE("single-label losses are torch's cross-entropy over the labelled rows") {
  const json expected = fixture();
  FixedModel model(expected.at("logits"), 3);
  ClassificationTask task(model, Problem::kSingleLabel, 3);
  data::Batch batch = batch_of(6);
  batch.class_ids = expected.at("class_ids").get<std::vector<int64_t>>();
  const LossSum loss = task.loss(batch, {});
  CHECK(loss.num_targets == 5);
  CHECK(mean(loss) == Approx(expected.at("single_label").get<double>()).epsilon(1e-6));
}

TEST_CASE("multi-label losses are torch's binary cross-entropy over all labels") {
  const json expected = fixture();
  FixedModel model(expected.at("logits"), 3);
  ClassificationTask task(model, Problem::kMultiLabel, 3);
  data::Batch batch = batch_of(6);
  batch.targets = flat(expected.at("labels"));
  const LossSum loss = task.loss(batch, {});
  CHECK(loss.num_targets == 18);
  CHECK(mean(loss) == Approx(expected.at("multi_label").get<double>()).epsilon(1e-6));
}

TEST_CASE("regression losses are torch's mean squared error") {
  const json expected = fixture();
  FixedModel model(expected.at("logits"), 1);
  ClassificationTask task(model, Problem::kRegression, 1);
  data::Batch batch = batch_of(6);
  batch.targets = flat(expected.at("values"));
  CHECK(mean(task.loss(batch, {})) ==
        Approx(expected.at("regression").get<double>()).epsilon(1e-6));
}

TEST_CASE(
    "an evaluation gives loss and metrics, and the scores of each row where they are wanted") {
  const json expected = fixture();
  FixedModel model(expected.at("logits"), 3);
  ClassificationTask task(model, Problem::kSingleLabel, 3);
  data::Batch batch = batch_of(6);
  batch.class_ids = expected.at("class_ids").get<std::vector<int64_t>>();
  const std::vector<float> softmax = flat(expected.at("softmax"));
  const auto evaluation = task.start_evaluation({AnswerMode::kFull, 16});
  evaluation->add(batch);
  const metrics::Values values = evaluation->values();
  CHECK(*values.at("loss") == Approx(expected.at("single_label").get<double>()).epsilon(1e-6));
  CHECK(values.contains("accuracy"));
  const auto answers = evaluation->take_answers();
  for (int64_t row = 10; row < 16; ++row) {  // the rows of the batch in its data set
    const auto scores = scores_of(*answers).row(row);
    for (size_t c = 0; c < 3; ++c)
      CHECK(scores[c] == Approx(softmax[static_cast<size_t>(row - 10) * 3 + c]).margin(1e-6));
  }
}

TEST_CASE("multi-label scores are sigmoids, and unlabelled data has scores but no loss") {
  const json expected = fixture();
  FixedModel model(expected.at("logits"), 3);
  ClassificationTask task(model, Problem::kMultiLabel, 3);
  const std::vector<float> sigmoid = flat(expected.at("sigmoid"));
  const auto evaluation = task.start_evaluation({AnswerMode::kQuick, 16});
  evaluation->add(batch_of(6));
  CHECK_FALSE(evaluation->values().at("loss").has_value());
  const auto answers = evaluation->take_answers();
  for (int64_t row = 10; row < 16; ++row) {
    CHECK(scores_of(*answers).row(row)[2] ==
          Approx(sigmoid[static_cast<size_t>(row - 10) * 3 + 2]).margin(1e-6));
  }
}

TEST_CASE("problem names are the config's and Hugging Face's") {
  CHECK(problem_from("multi_label") == Problem::kMultiLabel);
  CHECK(name_of(Problem::kRegression) == "regression");
  CHECK(hugging_face_name_of(Problem::kSingleLabel) == "single_label_classification");
  CHECK_THROWS_AS(problem_from("ranking"), ConfigError);
}

TEST_CASE("scores that are NaN or infinite are no answers") {
  for (const Problem problem :
       {Problem::kSingleLabel, Problem::kMultiLabel, Problem::kRegression}) {
    for (const float odd : {NAN, INFINITY, -INFINITY}) {
      FixedModel model(json::parse("[[1, 2], [3, 4]]"), 2);
      model.values().back() = odd;
      ClassificationTask task(model, problem, 2);
      for (const AnswerMode answers : {AnswerMode::kNone, AnswerMode::kFull}) {
        const auto evaluation = task.start_evaluation({answers, 16});
        CHECK_THROWS_AS(evaluation->add(batch_of(2)), DivergedError);
      }
    }
  }
}

}  // namespace
}  // namespace finetune::tasks
