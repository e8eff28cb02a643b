#pragma once

#include "kernels/simd/loops.h"
#include "kernels/simd/loss_loops.h"
#include "kernels/simd/vector.h"

// What choosing a token needs of one row of scores.
namespace finetune::kernels::simd {
namespace {

float log_sum_exp(const float* scores, int64_t count, float* log_probs) {
  const float top = largest_value(scores, count);
  Doubles total{};
  for (int64_t c = 0; c < count; c += kLanes) {
    const int64_t left = count - c;
    const Floats e = exp(load(scores + c, left) - top);
    add_lanes(total, left >= kLanes || lane_numbers() < static_cast<int32_t>(left) ? e : Floats{});
  }
  const auto log_total = static_cast<float>(__builtin_log(sum_of(total)));
  if (log_probs != nullptr) {
    for (int64_t c = 0; c < count; c += kLanes) {
      store(log_probs + c, (load(scores + c, count - c) - top) - log_total, count - c);
    }
  }
  return top + log_total;
}

int64_t next_above(const float* scores, int64_t begin, int64_t count, float offset,
                   float threshold) {
  int64_t c = begin;
  for (; c + kLanes <= count; c += kLanes) {
    const Floats above = load(scores + c) + offset > threshold ? splat(1.0F) : Floats{};
    if (max(above) > 0.0F) break;
  }
  while (c < count && !(scores[c] + offset > threshold)) ++c;
  return c;
}

}  // namespace
}  // namespace finetune::kernels::simd
