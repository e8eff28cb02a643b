#include "metrics/regression.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace finetune::metrics {
namespace {

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::optional<double> pearson(const std::vector<double>& xs, const std::vector<double>& ys) {
  const double x_mean = mean_of(xs);
  const double y_mean = mean_of(ys);
  double xy = 0.0;
  double xx = 0.0;
  double yy = 0.0;
  for (size_t i = 0; i < xs.size(); ++i) {
    const double x = xs[i] - x_mean;
    const double y = ys[i] - y_mean;
    xy += x * y;
    xx += x * x;
    yy += y * y;
  }
  const double divisor = std::sqrt(xx) * std::sqrt(yy);
  if (!(divisor > 0.0) || !std::isfinite(divisor)) return std::nullopt;
  return std::clamp(xy / divisor, -1.0, 1.0);
}

bool is_constant(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [&](double x) { return x == values.front(); });
}

/// Ranks from 1; equal values share the mean of the ranks they cover.
std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (size_t begin = 0; begin < order.size();) {
    size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const double rank = static_cast<double>(begin + 1 + end) / 2.0;
    for (size_t i = begin; i < end; ++i) ranks[order[i]] = rank;
    begin = end;
  }
  return ranks;
}

}  // namespace

void RegressionMetrics::add(double target, double prediction) {
  targets_.push_back(target);
  predictions_.push_back(prediction);
}

void RegressionMetrics::merge(const RegressionMetrics& other) {
  targets_.insert(targets_.end(), other.targets_.begin(), other.targets_.end());
  predictions_.insert(predictions_.end(), other.predictions_.begin(), other.predictions_.end());
}

Values RegressionMetrics::values() const {
  Values values = {{"mse", {}}, {"mae", {}}, {"pearson", {}}, {"spearmanr", {}}};
  double squares = 0.0;
  double distances = 0.0;
  for (size_t i = 0; i < targets_.size(); ++i) {
    const double error = predictions_[i] - targets_[i];
    squares += error * error;
    distances += std::abs(error);
  }
  if (targets_.empty() || !std::isfinite(squares)) return values;
  const auto count = static_cast<double>(targets_.size());
  values["mse"] = squares / count;
  values["mae"] = distances / count;
  if (is_constant(targets_) || is_constant(predictions_))
    return values;  // rounding must not hide it
  values["pearson"] = pearson(targets_, predictions_);
  values["spearmanr"] = pearson(ranks_of(targets_), ranks_of(predictions_));
  return values;
}

}  // namespace finetune::metrics
