#include "train/evaluator.h"

#include <catch2/catch.hpp>

#include "support/test_support.h"
#include "tasks/classification_answers.h"
#include "train/toy_run.h"

namespace finetune::train {
namespace {

TEST_CASE("an evaluation sees every row once and does not depend on the batch size") {
  const test::TemporaryFolder folder;
  test::ToyRun run(folder.path(), test::toy_options());
  tasks::ClassificationTask task(*run.model, tasks::Problem::kSingleLabel, 2);
  const auto dataset = test::toy_dataset(37, 9);
  const auto small = evaluate(task, *dataset, {5, {}, tasks::AnswerMode::kFull});
  const auto large = evaluate(task, *dataset, {64, {}});
  REQUIRE(small.has_value());
  CHECK(small->num_examples == 37);
  const auto& scores = dynamic_cast<tasks::ClassificationAnswers&>(*small->answers).scores();
  for (int64_t row = 0; row < 37; ++row)  // a row that was not seen has zeros
    CHECK(scores.row(row)[0] + scores.row(row)[1] == Approx(1.0F).margin(1e-6));
  CHECK(large->answers == nullptr);
  CHECK(small->values.at("accuracy") == large->values.at("accuracy"));
  CHECK(*small->values.at("loss") ==
        Approx(*large->values.at("loss")).epsilon(1e-6));  // fp32 sums in another order
}

TEST_CASE("an evaluation that is asked to stop gives nothing") {
  const test::TemporaryFolder folder;
  test::ToyRun run(folder.path(), test::toy_options());
  tasks::ClassificationTask task(*run.model, tasks::Problem::kSingleLabel, 2);
  int num_asked = 0;
  CHECK_FALSE(evaluate(task, *test::toy_dataset(30, 3), {10, [&] { return ++num_asked == 2; }})
                  .has_value());
}

}  // namespace
}  // namespace finetune::train
