#pragma once

#include "kernels/simd/loops.h"
#include "kernels/simd/vector.h"

// Attention of one query over keys and values that lie scattered in a cache, head by head.
namespace finetune::kernels::simd {
namespace {

FINETUNE_INLINE float dot(const float* a, const float* b, int64_t count) {
  Floats total{};
  for (int64_t e = 0; e < count; e += kLanes) {
    total += load(a + e, count - e) * load(b + e, count - e);
  }
  return sum(total);
}

/// Turns scores into unnormalised probabilities; returns what their sum is to be divided by.
FINETUNE_INLINE float exponentials(float* scores, int64_t count) {
  float top = scores[0];
  for (int64_t j = 1; j < count; ++j) top = scores[j] > top ? scores[j] : top;
  Floats total{};
  for (int64_t j = 0; j < count; j += kLanes) {
    const Floats e = exp(load(scores + j, count - j) - top);
    store(scores + j, e, count - j);
    total += lane_numbers() < static_cast<int32_t>(count - j) ? e : Floats{};
  }
  return sum(total);
}

void cached_attention(const CachedAttentionRow& a, float* scores) {
  for (int64_t head = 0; head < a.num_heads; ++head) {
    const int64_t at = head * a.head_width;
    const float* bias = a.bias == nullptr ? nullptr : a.bias + head * a.bias_stride;
    for (int64_t j = 0; j < a.count; ++j) {
      const float* key = a.keys + a.slots[j] * a.stride + at;
      scores[j] = dot(a.q + at, key, a.head_width) * a.scale;
      if (bias != nullptr) scores[j] += bias[j];
    }
    const float factor = 1.0F / exponentials(scores, a.count);
    for (int64_t e = 0; e < a.head_width; e += kLanes) {
      const int64_t left = a.head_width - e;
      Floats total{};
      for (int64_t j = 0; j < a.count; ++j) {
        total += load(a.values + a.slots[j] * a.stride + at + e, left) * scores[j];
      }
      store(a.out + at + e, total * factor, left);
    }
  }
}

}  // namespace
}  // namespace finetune::kernels::simd
