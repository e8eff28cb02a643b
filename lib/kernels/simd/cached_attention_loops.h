#pragma once

#include "kernels/simd/activation_loops.h"
#include "kernels/simd/loops.h"
#include "kernels/simd/loss_loops.h"
#include "kernels/simd/products.h"

// Attention of one query over keys and values that lie scattered in a cache, head by head.
namespace finetune::kernels::simd {
namespace {

/// scores[j] = scale q k_j, of the head whose columns begin at `at`; as many keys at once as a
/// vector has lanes.
FINETUNE_INLINE void score_keys(const CachedAttentionRow& a, int64_t at, float* scores) {
  const float* q = a.q + at;
  for (int64_t j = 0; j < a.count; j += kLanes) {
    const float* keys[kLanes];
    for (int64_t i = 0; i < kLanes; ++i) {  // beyond the last key that one again
      keys[i] = a.keys + a.slots[smaller(j + i, a.count - 1)] * a.stride + at;
    }
    Floats sums[kLanes] = {};
    for (int64_t e = 0; e < a.head_width; e += kLanes) {
      const int64_t left = a.head_width - e;
      const Floats query = load(q + e, left);
#pragma GCC unroll 16
      for (int64_t i = 0; i < kLanes; ++i) sums[i] += query * load(keys[i] + e, left);
    }
    store(scores + j, lane_sums(sums) * a.scale, a.count - j);
  }
}

/// Turns scores into unnormalised probabilities; returns what their sum is to be divided by.
FINETUNE_INLINE float exponentials(float* scores, int64_t count) {
  const float top = largest_value(scores, count);
  Floats total{};
  for (int64_t j = 0; j < count; j += kLanes) {
    const Floats e = exp(load(scores + j, count - j) - top);
    store(scores + j, e, count - j);
    total += lane_numbers() < static_cast<int32_t>(count - j) ? e : Floats{};
  }
  return sum(total);
}

/// Columns [at, at + kVectors * kLanes) of factor * sum over j of weights[j] * value j; `left` of
/// them exist.
template <int kVectors>
FINETUNE_INLINE void add_values(const CachedAttentionRow& a, const float* weights, float factor,
                                int64_t at, int64_t left) {
  Floats totals[kVectors] = {};
  for (int64_t j = 0; j < a.count; ++j) {
    const float* value = a.values + a.slots[j] * a.stride + at;
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      totals[v] += load(value + v * kLanes, left - v * kLanes) * weights[j];
    }
  }
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) {
    store(a.out + at + v * kLanes, totals[v] * factor, left - v * kLanes);
  }
}

void cached_attention(const CachedAttentionRow& a, float* scores) {
  constexpr int64_t kBlock = 4 * kLanes;
  for (int64_t head = 0; head < a.num_heads; ++head) {
    const int64_t at = head * a.head_width;
    score_keys(a, at, scores);
    if (a.bias != nullptr) add(scores, a.bias + head * a.bias_stride, a.count);
    const float factor = 1.0F / exponentials(scores, a.count);
    int64_t e = 0;
    for (; e + kBlock <= a.head_width; e += kBlock) {
      add_values<4>(a, scores, factor, at + e, kBlock);
    }
    for (; e < a.head_width; e += kLanes) {
      add_values<1>(a, scores, factor, at + e, a.head_width - e);
    }
  }
}

}  // namespace
}  // namespace finetune::kernels::simd
