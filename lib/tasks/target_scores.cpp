#include "tasks/target_scores.h"

#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "metrics/mean.h"

namespace finetune::tasks {

using nlohmann::json;

std::map<std::string, metrics::Interval> target_intervals(std::span<const TargetScore> rows) {
  const auto statistic = [&](std::span<const int64_t> resample) -> metrics::Values {
    metrics::Mean loss;
    metrics::Mean accuracy;
    for (const int64_t index : resample) {
      const TargetScore& row = rows[static_cast<size_t>(index)];
      loss.add(row.loss, row.num_targets);
      accuracy.add(static_cast<double>(row.num_right), row.num_targets);
    }
    return {{"loss", loss.value()},
            {"perplexity", metrics::perplexity(loss)},
            {"token_accuracy", accuracy.value()}};
  };
  return metrics::bootstrap_intervals(static_cast<int64_t>(rows.size()), statistic, {});
}

json TargetScores::to_json(int64_t row) const {
  const TargetScore& score = rows_.at(static_cast<size_t>(row));
  const auto num_tokens = static_cast<double>(score.num_targets);
  return {{"log_probability", -score.loss},
          {"num_tokens", score.num_targets},
          {"mean_log_probability", -score.loss / num_tokens}};
}

std::string TargetScores::to_text(int64_t row) const {
  const TargetScore& score = rows_.at(static_cast<size_t>(row));
  return base::cat(base::to_text(-score.loss), "\t", score.num_targets, "\t",
                   base::to_text(-score.loss / static_cast<double>(score.num_targets)));
}

json TargetScores::expected_json(const data::Example& /*example*/) const { return nullptr; }

metrics::SplitResult TargetScores::judge(const data::EncodedDataset& dataset) const {
  metrics::SplitResult result;
  result.num_examples = dataset.size();
  return result;
}

}  // namespace finetune::tasks
