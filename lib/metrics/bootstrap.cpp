#include "metrics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"

namespace finetune::metrics {
namespace {

/// Linear interpolation between the two nearest of `sorted`, as numpy.percentile.
double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - std::floor(place)) * (sorted[above] - sorted[below]);
}

Interval percentiles(std::vector<double> values, double confidence) {
  std::sort(values.begin(), values.end());
  const double tail = (1.0 - confidence) / 2.0;
  return {quantile(values, tail), quantile(values, 1.0 - tail)};
}

}  // namespace

std::map<std::string, Interval> bootstrap_intervals(int64_t num_examples,
                                                    const Statistic& statistic,
                                                    const BootstrapOptions& options) {
  std::map<std::string, Interval> intervals;
  if (num_examples == 0) return intervals;
  std::map<std::string, std::vector<double>> samples;
  std::vector<int64_t> rows(static_cast<size_t>(num_examples));
  const auto bound = static_cast<uint64_t>(num_examples);
  for (int64_t resample = 0; resample < options.num_resamples; ++resample) {
    const base::RandomStream stream(options.seed, base::StreamPurpose::kBootstrap,
                                    static_cast<uint64_t>(resample));
    for (uint64_t i = 0; i < bound; ++i) rows[i] = static_cast<int64_t>(stream.below(i, bound));
    for (const auto& [name, value] : statistic(rows)) {
      if (value && !std::isnan(*value)) samples[name].push_back(*value);
    }
  }
  for (auto& [name, values] : samples) {
    if (2 * static_cast<int64_t>(values.size()) < options.num_resamples) continue;
    intervals[name] = percentiles(std::move(values), options.confidence);
  }
  return intervals;
}

std::optional<Interval> bootstrap_mean_interval(std::span<const double> outcomes,
                                                const BootstrapOptions& options) {
  const auto mean = [&](std::span<const int64_t> rows) {
    double sum = 0.0;
    for (const int64_t row : rows) sum += outcomes[static_cast<size_t>(row)];
    return Values{{"mean", sum / static_cast<double>(rows.size())}};
  };
  const auto intervals = bootstrap_intervals(static_cast<int64_t>(outcomes.size()), mean, options);
  if (intervals.empty()) return std::nullopt;
  return intervals.at("mean");
}

}  // namespace finetune::metrics
