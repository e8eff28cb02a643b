#include "metrics/significance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/strings.h"
#include "metrics/numpy_random.h"

namespace finetune::metrics {
namespace {

/// Scores as numpy would hold them: in single precision where each of them is.
struct Scores {
  std::vector<double> values;
  bool is_single = true;
};

void check(const SentenceTable& table, const ResampleOptions& options) {
  if (table.num_sentences() == 0 || options.num_samples < 1) {
    throw InternalError("resampling needs a sentence and a sample");
  }
}

void check_paired(const SentenceTable& baseline, const SentenceTable& system) {
  if (baseline.num_sentences() != system.num_sentences()) {
    throw InternalError(base::cat("a paired test of ", baseline.num_sentences(), " and ",
                                  system.num_sentences(), " sentences"));
  }
}

Scores resampled_scores(const TextMetric& metric, const SentenceTable& table,
                        const ResampleOptions& options) {
  const size_t width = table.width(), num_sentences = table.num_sentences();
  std::vector<float> rows;  // [num_sentences, width]
  for (size_t i = 0; i < num_sentences; ++i) {
    std::ranges::transform(table.row(i), std::back_inserter(rows),
                           [](double value) { return static_cast<float>(value); });
  }
  NumpyRandom random(options.seed);
  Scores scores;
  std::vector<float> sums(width);
  for (int64_t sample = 0; sample < options.num_samples; ++sample) {
    std::ranges::fill(sums, 0.0F);
    for (size_t i = 0; i < num_sentences; ++i) {
      const float* row = &rows[random.below(num_sentences) * width];
      for (size_t k = 0; k < width; ++k) sums[k] += row[k];
    }
    const ResampledScore score = metric.resampled_score(sums);
    scores.values.push_back(score.value);
    scores.is_single = scores.is_single && score.is_single;
  }
  return scores;
}

/// numpy.sum: pairwise, blocks of 128 in eight interleaved sums.
template <class Number>
Number pairwise_sum(std::span<const Number> values) {
  if (values.size() > 128) {
    const size_t half = values.size() / 2 / 8 * 8;
    return pairwise_sum(values.first(half)) + pairwise_sum(values.subspan(half));
  }
  if (values.size() < 8) return std::accumulate(values.begin(), values.end(), Number{0});
  Number sums[8];
  std::copy_n(values.begin(), 8, sums);
  size_t i = 8;
  for (; i + 8 <= values.size(); i += 8) {
    for (size_t k = 0; k < 8; ++k) sums[k] += values[i + k];
  }
  Number sum =
      ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
  for (; i < values.size(); ++i) sum += values[i];
  return sum;
}

/// numpy.mean of `values`, in the precision Number.
template <class Number>
Number numpy_mean(const std::vector<double>& values) {
  const std::vector<Number> numbers(values.begin(), values.end());
  return pairwise_sum<Number>(numbers) / static_cast<Number>(numbers.size());
}

/// Everything but the mean.
BootstrapScore interval(const Scores& scores) {
  std::vector<double> sorted = scores.values;
  std::ranges::sort(sorted);
  const size_t tail = sorted.size() / 40;
  BootstrapScore result;
  result.low = sorted[tail];
  result.high = sorted[sorted.size() - tail - 1];
  const double width = result.high - result.low;
  result.half_width =
      0.5 * (scores.is_single ? static_cast<double>(static_cast<float>(width)) : width);
  return result;
}

/// numpy sums the sorted scores.
BootstrapScore interval_with_numpy_mean(Scores scores) {
  std::ranges::sort(scores.values);
  BootstrapScore result = interval(scores);
  result.mean =
      scores.is_single ? numpy_mean<float>(scores.values) : numpy_mean<double>(scores.values);
  return result;
}

/// (1 + how many are above) / (1 + all): never zero.
template <class Number>
double p_value(const std::vector<Number>& differences, double observed) {
  const auto num_above = std::ranges::count_if(
      differences,
      [observed = static_cast<Number>(observed)](Number value) { return value > observed; });
  return static_cast<double>(num_above + 1) / static_cast<double>(differences.size() + 1);
}

template <class Number>
double bootstrap_p_value(const Scores& baseline, const Scores& system, double observed) {
  std::vector<Number> differences;
  for (size_t i = 0; i < system.values.size(); ++i) {
    differences.push_back(
        std::abs(static_cast<Number>(system.values[i]) - static_cast<Number>(baseline.values[i])));
  }
  const Number mean = pairwise_sum<Number>(differences) / static_cast<Number>(differences.size());
  for (Number& difference : differences) difference -= mean;
  return p_value(differences, observed);
}

Statistics sums_of(const SentenceTable& table) {
  Statistics sums(table.width(), 0.0);
  for (size_t i = 0; i < table.num_sentences(); ++i) {
    std::ranges::transform(sums, table.row(i), sums.begin(), std::plus<>());
  }
  return sums;
}

/// The statistics of two systems that are mixed from two others: where a sentence of the first one
/// is from the baseline, that of the second is from the system, and the other way round. Sums of
/// each origin are kept apart, so that fractions round as in sacreBLEU's matrix products.
class MixedSums {
 public:
  explicit MixedSums(size_t width)
      : from_baseline_{Statistics(width, 0.0), Statistics(width, 0.0)},
        from_system_(from_baseline_) {}

  void add(std::span<const double> baseline, std::span<const double> system, bool is_straight) {
    Statistics& baseline_sums = from_baseline_[is_straight ? 0 : 1];
    Statistics& system_sums = from_system_[is_straight ? 1 : 0];
    for (size_t k = 0; k < baseline.size(); ++k) {
      baseline_sums[k] += baseline[k];
      system_sums[k] += system[k];
    }
  }
  Statistics first() const { return joined(0); }
  Statistics second() const { return joined(1); }

 private:
  Statistics joined(size_t which) const {
    Statistics sums = from_baseline_[which];
    std::ranges::transform(sums, from_system_[which], sums.begin(), std::plus<>());
    return sums;
  }

  std::array<Statistics, 2> from_baseline_;
  std::array<Statistics, 2> from_system_;
};

double observed_difference(const TextMetric& metric, const SentenceTable& baseline,
                           const SentenceTable& system) {
  return std::abs(metric.score(sums_of(baseline)) - metric.score(sums_of(system)));
}

}  // namespace

BootstrapScore bootstrap_score(const TextMetric& metric, const SentenceTable& table,
                               const ResampleOptions& options) {
  check(table, options);
  const Scores scores = resampled_scores(metric, table, options);
  BootstrapScore result = interval(scores);
  // statistics.mean: the exact sum, rounded once.
  const long double sum = std::accumulate(scores.values.begin(), scores.values.end(), 0.0L);
  result.mean = static_cast<double>(sum / static_cast<long double>(scores.values.size()));
  if (scores.is_single) result.mean = static_cast<float>(result.mean);
  return result;
}

PairedBootstrap paired_bootstrap(const TextMetric& metric, const SentenceTable& baseline,
                                 const SentenceTable& system, const ResampleOptions& options) {
  check(baseline, options);
  check_paired(baseline, system);
  Scores baseline_scores = resampled_scores(metric, baseline, options);
  Scores system_scores = resampled_scores(metric, system, options);
  const double observed = observed_difference(metric, baseline, system);
  const bool is_single = baseline_scores.is_single && system_scores.is_single;
  PairedBootstrap result;
  result.p_value = is_single ? bootstrap_p_value<float>(baseline_scores, system_scores, observed)
                             : bootstrap_p_value<double>(baseline_scores, system_scores, observed);
  result.baseline = interval_with_numpy_mean(std::move(baseline_scores));
  result.system = interval_with_numpy_mean(std::move(system_scores));
  return result;
}

double paired_randomization(const TextMetric& metric, const SentenceTable& baseline,
                            const SentenceTable& system, const ResampleOptions& options) {
  check(baseline, options);
  check_paired(baseline, system);
  NumpyRandom random(options.seed);
  NumpyBools is_from_baseline(random);
  std::vector<double> differences;
  for (int64_t sample = 0; sample < options.num_samples; ++sample) {
    MixedSums sums(baseline.width());
    for (size_t i = 0; i < baseline.num_sentences(); ++i) {
      sums.add(baseline.row(i), system.row(i), is_from_baseline.next());
    }
    differences.push_back(std::abs(metric.score(sums.first()) - metric.score(sums.second())));
  }
  return p_value(differences, observed_difference(metric, baseline, system));
}

}  // namespace finetune::metrics
