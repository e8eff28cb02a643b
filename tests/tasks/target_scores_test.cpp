#include "tasks/target_scores.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

using namespace finetune;
using namespace finetune::tasks;

TEST_CASE("the score of a target is a sum, a number of tokens and their quotient") {
  const TargetScores scores({{3.5, 1, 2}, {0.25, 1, 1}});
  CHECK(scores.to_json(0) == nlohmann::json{{"log_probability", -3.5},
                                            {"num_tokens", 2},
                                            {"mean_log_probability", -1.75}});
  CHECK(scores.to_text(1) == "-0.25\t1\t-0.25");
}

TEST_CASE("intervals are those of means over tokens when rows are resampled") {
  // Rows of two kinds: 0.5 a token with every token right, 2.5 a token with none.
  std::vector<TargetScore> rows;
  for (int i = 0; i < 40; ++i) rows.push_back({2.0, 4, 4});
  for (int i = 0; i < 40; ++i) rows.push_back({10.0, 0, 4});
  const auto intervals = target_intervals(rows);
  const metrics::Interval loss = intervals.at("loss");
  // A mean of 80 draws of 0.5 or 2.5: 1.5 with a deviation of 1 / sqrt(80), of which 1.96 are 0.22.
  CHECK(loss.low == Approx(1.28).margin(0.06));
  CHECK(loss.high == Approx(1.72).margin(0.06));
  CHECK(intervals.at("perplexity").low == Approx(std::exp(loss.low)).epsilon(1e-3));
  // Loss 2.5 - 2 * accuracy.
  CHECK(intervals.at("token_accuracy").high == Approx((2.5 - loss.low) / 2).epsilon(1e-9));
  CHECK(target_intervals({}).empty());
  CHECK(target_intervals(std::vector<TargetScore>(3)).empty());  // no row has a target
}
