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

/// One register of the instruction set. Results may differ in the last bits from set to set, where
/// sums are taken lane by lane; dropout masks never do.
#if defined(__AVX512F__)
constexpr int kVectorBytes = 64;
#elif defined(__AVX2__)
constexpr int kVectorBytes = 32;
#else
constexpr int kVectorBytes = 16;
#endif
using Floats = float __attribute__((vector_size(kVectorBytes)));
using Ints = int32_t __attribute__((vector_size(kVectorBytes)));
using Words = uint32_t __attribute__((vector_size(kVectorBytes)));
constexpr int64_t kLanes = kVectorBytes / 4;

FINETUNE_INLINE int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
FINETUNE_INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/// Rows and columns of packed matrices are padded to this: whole vectors, and whole row groups of
/// products.h.
constexpr int64_t kPadding = kLanes > 8 ? kLanes : 8;

constexpr int64_t round_up(int64_t count) { return (count + kPadding - 1) / kPadding * kPadding; }

FINETUNE_INLINE Ints lane_numbers() {
  Ints lanes;
  for (int i = 0; i < kLanes; ++i) lanes[i] = i;
  return lanes;
}

FINETUNE_INLINE Floats splat(float x) { return x - Floats{}; }

FINETUNE_INLINE Floats load(const float* p) {
  Floats v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

FINETUNE_INLINE void store(float* p, const Floats& v) { __builtin_memcpy(p, &v, sizeof v); }

/// The first `count` lanes; the others read as zero.
FINETUNE_INLINE Floats load(const float* p, int64_t count) {
  if (count >= kLanes) return load(p);
#if defined(__AVX512F__)
  const auto mask = static_cast<__mmask16>((1U << count) - 1U);
  return reinterpret_cast<Floats>(_mm512_maskz_loadu_ps(mask, p));
#elif defined(__AVX2__)
  const Ints mask = lane_numbers() < static_cast<int32_t>(count);
  return reinterpret_cast<Floats>(_mm256_maskload_ps(p, reinterpret_cast<__m256i>(mask)));
#else
  Floats v{};
  for (int64_t i = 0; i < count; ++i) v[i] = p[i];
  return v;
#endif
}

FINETUNE_INLINE void store(float* p, const Floats& v, int64_t count) {
  if (count >= kLanes) return store(p, v);
#if defined(__AVX512F__)
  const auto mask = static_cast<__mmask16>((1U << count) - 1U);
  _mm512_mask_storeu_ps(p, mask, reinterpret_cast<__m512>(v));
#elif defined(__AVX2__)
  const Ints mask = lane_numbers() < static_cast<int32_t>(count);
  _mm256_maskstore_ps(p, reinterpret_cast<__m256i>(mask), reinterpret_cast<__m256>(v));
#else
  for (int64_t i = 0; i < count; ++i) p[i] = v[i];
#endif
}

/// Sum of the lanes, halves first.
FINETUNE_INLINE float sum(Floats v) {
  for (int32_t half = kLanes / 2; half > 0; half /= 2) {
    v += __builtin_shuffle(v, lane_numbers() ^ half);
  }
  return v[0];
}

/// NaN in `a` stays.
FINETUNE_INLINE Floats max(const Floats& a, const Floats& b) { return b > a ? b : a; }
FINETUNE_INLINE Floats min(const Floats& a, const Floats& b) { return b < a ? b : a; }

FINETUNE_INLINE float max(Floats v) {
  for (int32_t half = kLanes / 2; half > 0; half /= 2) {
    v = max(v, __builtin_shuffle(v, lane_numbers() ^ half));
  }
  return v[0];
}

FINETUNE_INLINE Floats sqrt(const Floats& v) {
#if defined(__AVX512F__)
  return reinterpret_cast<Floats>(_mm512_maskz_sqrt_ps(0xffff, reinterpret_cast<__m512>(v)));
#elif defined(__AVX2__)
  return reinterpret_cast<Floats>(_mm256_sqrt_ps(reinterpret_cast<__m256>(v)));
#else
  Floats out;
  for (int64_t i = 0; i < kLanes; ++i) out[i] = __builtin_sqrtf(v[i]);
  return out;
#endif
}

FINETUNE_INLINE Floats abs(const Floats& v) {
  return reinterpret_cast<Floats>(reinterpret_cast<Words>(v) & 0x7fffffffU);
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

/// The factors of one vector of columns, from `column` on, of a mask row: DropoutStream::factor,
/// lane by lane.
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
