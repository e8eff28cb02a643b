#pragma once

#include "kernels/simd/loops.h"
#include "kernels/simd/vector.h"

namespace finetune::kernels::simd {
namespace {

FINETUNE_INLINE float largest_value(const float* row, int64_t count) {
  float largest = row[0];
  for (int64_t c = 1; c < count; ++c) largest = row[c] > largest ? row[c] : largest;
  return largest;
}

/// Sum of e^(x - top) and, for smoothing, of x - top itself.
struct RowSums {
  double exponentials;
  double values;
};
FINETUNE_INLINE RowSums row_sums(const float* row, int64_t count, float top) {
  RowSums out{0.0, 0.0};
  for (int64_t c = 0; c < count; c += kLanes) {
    const int64_t left = count - c < kLanes ? count - c : kLanes;
    const Floats x = load(row + c, left) - top;
    const Floats e = exp(x);
    for (int64_t i = 0; i < left; ++i) {
      out.exponentials += static_cast<double>(e[i]);
      out.values += static_cast<double>(x[i]);
    }
  }
  return out;
}

void cross_entropy_forward(const CrossEntropyRows& a, int64_t begin, int64_t end) {
  for (int64_t n = begin; n < end; ++n) {
    a.losses[n] = 0.0;
    a.log_sum_exp[n] = 0.0F;
    if (a.targets[n] < 0) continue;
    const float* row = a.logits + n * a.width;
    const float top = largest_value(row, a.width);
    const RowSums sums = row_sums(row, a.width, top);
    const double log_sum = __builtin_log(sums.exponentials);
    const double nll = log_sum - static_cast<double>(row[a.targets[n]] - top);
    const double uniform = log_sum - sums.values / static_cast<double>(a.width);
    a.losses[n] = (1.0 - a.smoothing) * nll + a.smoothing * uniform;
    a.log_sum_exp[n] = static_cast<float>(log_sum + static_cast<double>(top));
  }
}

void cross_entropy_backward(const CrossEntropyRows& a, int64_t begin, int64_t end) {
  const float share = static_cast<float>(a.smoothing / static_cast<double>(a.width));
  for (int64_t n = begin; n < end; ++n) {
    const float* row = a.logits + n * a.width;
    float* gradient = a.dlogits + n * a.width;
    const bool is_counted = a.targets[n] >= 0;
    for (int64_t c = 0; c < a.width; c += kLanes) {
      const int64_t left = a.width - c;
      const Floats p = exp(load(row + c, left) - a.log_sum_exp[n]);
      store(gradient + c, is_counted ? (p - share) * a.dloss : Floats{}, left);
    }
    if (is_counted) gradient[a.targets[n]] -= static_cast<float>(1.0 - a.smoothing) * a.dloss;
  }
}

}  // namespace
}  // namespace finetune::kernels::simd
