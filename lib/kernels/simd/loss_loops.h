#pragma once

#include "kernels/simd/loops.h"
#include "kernels/simd/vector.h"

namespace finetune::kernels::simd {
namespace {

/// NaN is left to the sums that follow.
FINETUNE_INLINE float largest_value(const float* row, int64_t count) {
  Floats largest = splat(-std::numeric_limits<float>::infinity());
  int64_t c = 0;
  for (; c + kLanes <= count; c += kLanes) largest = max(largest, load(row + c));
  float top = max(largest);
  for (; c < count; ++c) top = row[c] > top ? row[c] : top;
  return top;
}

using Doubles = double __attribute__((vector_size(kVectorBytes)));
using HalfFloats = float __attribute__((vector_size(kVectorBytes / 2)));

/// The lanes of a vector added to `total`, in double.
FINETUNE_INLINE void add_lanes(Doubles& total, const Floats& v) {
  HalfFloats halves[2];
  __builtin_memcpy(halves, &v, sizeof v);
  total +=
      __builtin_convertvector(halves[0], Doubles) + __builtin_convertvector(halves[1], Doubles);
}

FINETUNE_INLINE double sum_of(const Doubles& v) {
  double total = 0.0;
  for (int64_t i = 0; i < kLanes / 2; ++i) total += v[i];
  return total;
}

/// Sum of e^(x - top) and, for smoothing, of x - top itself.
struct RowSums {
  double exponentials;
  double values;
};
FINETUNE_INLINE RowSums row_sums(const float* row, int64_t count, float top) {
  Doubles exponentials{};
  Doubles values{};
  for (int64_t c = 0; c < count; c += kLanes) {
    const int64_t left = count - c;
    const Ints is_inside = lane_numbers() < static_cast<int32_t>(left < kLanes ? left : kLanes);
    const Floats x = is_inside ? load(row + c, left) - top : Floats{};
    add_lanes(exponentials, is_inside ? exp(x) : Floats{});
    add_lanes(values, x);
  }
  return {sum_of(exponentials), sum_of(values)};
}

struct RowLoss {
  double loss;
  double log_sum_exp;
};
FINETUNE_INLINE RowLoss row_loss(const float* row, int64_t count, int64_t target,
                                 double smoothing) {
  const float top = largest_value(row, count);
  const RowSums sums = row_sums(row, count, top);
  const double log_sum = __builtin_log(sums.exponentials);
  const double nll = log_sum - static_cast<double>(row[target] - top);
  const double uniform = log_sum - sums.values / static_cast<double>(count);
  return {(1.0 - smoothing) * nll + smoothing * uniform, log_sum + static_cast<double>(top)};
}

void cross_entropy_forward(const CrossEntropyRows& a, int64_t begin, int64_t end) {
  for (int64_t n = begin; n < end; ++n) {
    a.losses[n] = 0.0;
    a.log_sum_exp[n] = 0.0F;
    if (a.targets[n] < 0) continue;
    const RowLoss row = row_loss(a.logits + n * a.width, a.width, a.targets[n], a.smoothing);
    a.losses[n] = row.loss;
    a.log_sum_exp[n] = static_cast<float>(row.log_sum_exp);
  }
}

/// From logits to their gradients for a gradient of the loss of 1.
FINETUNE_INLINE void gradient_row(const CrossEntropyInPlace& a, float* row, int64_t target,
                                  double log_sum_exp) {
  const auto share = static_cast<float>(a.smoothing / static_cast<double>(a.width));
  const auto offset = static_cast<float>(log_sum_exp);
  for (int64_t c = 0; c < a.width; c += kLanes) {
    const int64_t left = a.width - c;
    store(row + c, exp(load(row + c, left) - offset) - share, left);
  }
  row[target] -= static_cast<float>(1.0 - a.smoothing);
}

void cross_entropy_in_place(const CrossEntropyInPlace& a, int64_t begin, int64_t end) {
  for (int64_t n = begin; n < end; ++n) {
    float* row = a.logits + n * a.width;
    a.losses[n] = 0.0;
    if (a.targets[n] < 0) {
      __builtin_memset(row, 0, static_cast<size_t>(a.width) * sizeof(float));
      continue;
    }
    if (a.bias != nullptr) {
      for (int64_t c = 0; c < a.width; c += kLanes) {
        const int64_t left = a.width - c;
        store(row + c, load(row + c, left) + load(a.bias + c, left), left);
      }
    }
    const RowLoss loss = row_loss(row, a.width, a.targets[n], a.smoothing);
    a.losses[n] = loss.loss;
    if (a.needs_gradient) gradient_row(a, row, a.targets[n], loss.log_sum_exp);
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
