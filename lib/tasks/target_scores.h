#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "metrics/bootstrap.h"
#include "tasks/task.h"

namespace finetune::tasks {

/// How a model that writes text fares with the target of one row.
struct TargetScore {
  double loss = 0.0;        ///< negative log-probability, summed over the tokens, the end included
  int64_t num_right = 0;    ///< tokens that are the likeliest ones
  int64_t num_targets = 0;  ///< 0: the row has no target
};

/// Bootstrap intervals of loss, perplexity and token_accuracy over all tokens: rows are resampled.
std::map<std::string, metrics::Interval> target_intervals(std::span<const TargetScore> rows);

/// Answers that say how likely the given targets are.
class TargetScores final : public Answers {
 public:
  explicit TargetScores(std::vector<TargetScore> rows) : rows_(std::move(rows)) {}

  /// {"log_probability": -3.2, "num_tokens": 4, "mean_log_probability": -0.8}
  nlohmann::json to_json(int64_t row) const override;
  std::string to_text(int64_t row) const override;  ///< these three, separated by tabs
  nlohmann::json expected_json(const data::Example& example) const override;
  metrics::SplitResult judge(const data::EncodedDataset& dataset) const override;

 private:
  std::vector<TargetScore> rows_;
};

}  // namespace finetune::tasks
