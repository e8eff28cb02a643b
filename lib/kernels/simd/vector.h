#pragma once

// Part of loops.cpp, which is compiled once per instruction set: everything here has internal
// linkage, so that code for one set can never stand in for another's.

#include <cmath>
#include <cstdint>
#include <limits>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace finetune::kernels::simd {
namespace {

#define FINETUNE_INLINE __attribute__((always_inline)) inline

/// Sixteen lanes on every machine; narrower registers are used in groups, so the order of every
/// sum, and with it every result, is the same.
using Floats = float __attribute__((vector_size(64)));
using Ints = int32_t __attribute__((vector_size(64)));
using Words = uint32_t __attribute__((vector_size(64)));
constexpr int64_t kLanes = 16;

FINETUNE_INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

constexpr int64_t round_up(int64_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

FINETUNE_INLINE Floats splat(float x) { return x - Floats{}; }

FINETUNE_INLINE Floats load(const float* p) {
  Floats v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

FINETUNE_INLINE void store(float* p, const Floats& v) { __builtin_memcpy(p, &v, sizeof v); }

/// The first `count` lanes (0 < count); the others read as zero.
FINETUNE_INLINE Floats load(const float* p, int64_t count) {
  if (count >= kLanes) return load(p);
#if defined(__AVX512F__)
  return reinterpret_cast<Floats>(
      _mm512_maskz_loadu_ps(static_cast<__mmask16>((1U << count) - 1U), p));
#else
  Floats v{};
  for (int64_t i = 0; i < count; ++i) v[i] = p[i];
  return v;
#endif
}

FINETUNE_INLINE void store(float* p, const Floats& v, int64_t count) {
  if (count >= kLanes) return store(p, v);
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1U << count) - 1U), reinterpret_cast<__m512>(v));
#else
  for (int64_t i = 0; i < count; ++i) p[i] = v[i];
#endif
}

/// Sum of the lanes, always as ((l + l8) + (l4 + l12)) ...
FINETUNE_INLINE float sum(Floats v) {
  v += __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
  v += __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  return v[0] + v[1];
}

/// NaN in `a` stays.
FINETUNE_INLINE Floats max(const Floats& a, const Floats& b) { return b > a ? b : a; }
FINETUNE_INLINE Floats min(const Floats& a, const Floats& b) { return b < a ? b : a; }

FINETUNE_INLINE float max(Floats v) {
  v = max(v, __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  v = max(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  v = max(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
  return v[0] > v[1] ? v[0] : v[1];
}

FINETUNE_INLINE Floats sqrt(const Floats& v) {
#if defined(__AVX512F__)
  return reinterpret_cast<Floats>(_mm512_maskz_sqrt_ps(0xffff, reinterpret_cast<__m512>(v)));
#else
  Floats out;
  for (int64_t i = 0; i < kLanes; ++i) out[i] = __builtin_sqrtf(v[i]);
  return out;
#endif
}

FINETUNE_INLINE Floats abs(const Floats& v) {
  return reinterpret_cast<Floats>(reinterpret_cast<Words>(v) & 0x7fffffffU);
}

FINETUNE_INLINE Ints lane_numbers() {
  return Ints{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
}

/// e^x for any x, within 2 units in the last place: x = n ln 2 + r, |r| <= ln 2 / 2, and the
/// polynomial of Cephes expf. Below -87.3 the smallest normal number, above 88.3 the largest power.
FINETUNE_INLINE Floats exp(Floats x) {
  x = max(min(x, splat(88.0F)), splat(-87.3F));
  const Floats magic = splat(12582912.0F);  // 1.5 * 2^23: adding it rounds to an integer
  const Floats shifted = x * 1.44269504F + magic;
  const Floats n = shifted - magic;
  const Floats r = (x - n * 0.693359375F) - n * -2.12194440e-4F;
  Floats p = splat(1.9875691500e-4F);
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * (r * r) + r + 1.0F;
  const Ints exponent = reinterpret_cast<Ints>(shifted) << 23;  // the low bits of `shifted` hold n
  return reinterpret_cast<Floats>(reinterpret_cast<Ints>(p) + exponent);
}

/// The factors of columns [column, column + 16) of a mask row: DropoutStream::factor, lane by lane.
FINETUNE_INLINE Floats dropout_factors(const DropoutStream& dropout, const DropoutRow& row,
                                       int64_t column) {
  Words x = reinterpret_cast<Words>(lane_numbers()) + static_cast<uint32_t>(column);
  x = x * 0x9e3779b9U + row.first_key;
  x ^= x >> 16;
  x *= 0x7feb352dU;
  x ^= x >> 15;
  x ^= row.second_key;
  x *= 0x846ca68bU;
  x ^= x >> 16;
  const Ints kept = reinterpret_cast<Ints>(x >> 1) >= static_cast<int32_t>(dropout.threshold);
  return reinterpret_cast<Floats>(kept & reinterpret_cast<Ints>(splat(dropout.scale)));
}

}  // namespace
}  // namespace finetune::kernels::simd
