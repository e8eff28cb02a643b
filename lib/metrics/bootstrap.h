#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "metrics/metric.h"

namespace finetune::metrics {

struct Interval {
  double low = 0.0;
  double high = 0.0;
};

struct BootstrapOptions {
  int64_t num_resamples = 1000;
  double confidence = 0.95;
  uint64_t seed = 42;
};

/// The metrics of a resample: row numbers of [0, num_examples), drawn with replacement.
using Statistic = std::function<Values(std::span<const int64_t> rows)>;

/// Percentile bootstrap intervals (Efron 1979) of every metric that `statistic` gives, by name: the
/// examples are resampled, as many as there are, and the interval lies between the percentiles of
/// the resampled values. Resamples in which a metric is undefined do not count; it has no interval
/// when these are more than half. The same for a seed on every platform.
std::map<std::string, Interval> bootstrap_intervals(int64_t num_examples,
                                                    const Statistic& statistic,
                                                    const BootstrapOptions& options);

/// The same for the mean of one outcome an example (1 where right: accuracy; a squared error: MSE).
std::optional<Interval> bootstrap_mean_interval(std::span<const double> outcomes,
                                                const BootstrapOptions& options);

}  // namespace finetune::metrics
