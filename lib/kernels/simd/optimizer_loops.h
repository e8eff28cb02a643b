#pragma once

#include "kernels/simd/loops.h"
#include "kernels/simd/vector.h"

namespace finetune::kernels::simd {
namespace {

/// Denormal numbers read and written as zero while it lives: without it, moments that fade away
/// make the update several times slower. The calling thread's mode comes back afterwards.
class FlushDenormals {
 public:
#if defined(__x86_64__)
  FlushDenormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | 0x8040U); }
  ~FlushDenormals() { _mm_setcsr(saved_); }

 private:
  unsigned saved_;
#else
  FlushDenormals() = default;
  ~FlushDenormals() {}
#endif
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;
};

FINETUNE_INLINE bool is_zero(const Floats& v) {
#if defined(__AVX512F__)
  return _mm512_test_epi32_mask(reinterpret_cast<__m512i>(v), reinterpret_cast<__m512i>(v)) == 0;
#else
  uint64_t halves[sizeof v / 8];
  __builtin_memcpy(halves, &v, sizeof v);
  uint64_t any = 0;
  for (const uint64_t half : halves) any |= half;
  return any == 0;
#endif
}

void adamw(const AdamWBlock& a) {
  const FlushDenormals flush;
  const bool pulls_parameters = a.shrink != 1.0F || a.l2 != 0.0F;
  for (int64_t i = 0; i < a.count; i += kLanes) {
    const int64_t left = a.count - i;
    const Floats gradient = load(a.gradients + i, left);
    Floats m = load(a.first_moment + i, left);
    Floats v = load(a.second_moment + i, left);
    // Nothing moves where all three are zero: rows of an embedding that no text has used.
    if (!pulls_parameters && is_zero(gradient) && is_zero(m) && is_zero(v)) continue;
    Floats p = load(a.parameters + i, left);
    const Floats g = gradient * a.clip + p * a.l2;
    m = m * a.first_keep + g * a.first_take;
    v = v * a.second_keep + g * g * a.second_take;
    p = p * a.shrink - m * a.step_size / (sqrt(v) * a.inverse_correction + a.epsilon);
    store(a.parameters + i, p, left);
    store(a.first_moment + i, m, left);
    store(a.second_moment + i, v, left);
    store(a.gradients + i, Floats{}, left);
  }
}

using EightFloats = float __attribute__((vector_size(32)));
using EightDoubles = double __attribute__((vector_size(64)));

FINETUNE_INLINE EightDoubles load_doubles(const float* p) {
  EightFloats v;
  __builtin_memcpy(&v, p, sizeof v);
  return __builtin_convertvector(v, EightDoubles);
}

double sum_of_squares(const float* values, int64_t count) {
  EightDoubles total[4] = {};
  int64_t i = 0;
  for (; i + 32 <= count; i += 32) {
#pragma GCC unroll 4
    for (int64_t k = 0; k < 4; ++k) {
      const EightDoubles x = load_doubles(values + i + 8 * k);
      total[k] += x * x;
    }
  }
  const EightDoubles lanes = (total[0] + total[1]) + (total[2] + total[3]);
  double sum = 0.0;
  for (int64_t l = 0; l < 8; ++l) sum += lanes[l];
  for (; i < count; ++i) sum += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  return sum;
}

}  // namespace
}  // namespace finetune::kernels::simd
