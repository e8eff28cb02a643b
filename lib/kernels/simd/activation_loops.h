#pragma once

#include "kernels/simd/loops.h"
#include "kernels/simd/vector.h"

namespace finetune::kernels::simd {
namespace {

/// x * Phi(x), Phi the normal distribution function (Hendrycks and Gimpel 2016). Phi by Abramowitz
/// and Stegun 7.1.26, error of Phi below 1e-7.
struct Gelu {
  static FINETUNE_INLINE Floats tail(const Floats& x, const Floats& density) {  // Phi(-|x|)
    const Floats t = 1.0F / (abs(x) * (0.3275911F * 0.70710678F) + 1.0F);
    Floats p = splat(1.061405429F);
    p = p * t - 1.453152027F;
    p = p * t + 1.421413741F;
    p = p * t - 0.284496736F;
    p = p * t + 0.254829592F;
    return p * t * density * 0.5F;
  }
  static FINETUNE_INLINE Floats distribution(const Floats& x, const Floats& density) {
    const Floats q = tail(x, density);
    return x > 0.0F ? 1.0F - q : q;
  }
  static FINETUNE_INLINE Floats value(const Floats& x) {
    return x * distribution(x, exp(x * x * -0.5F));
  }
  static FINETUNE_INLINE Floats slope(const Floats& x) {
    const Floats density = exp(x * x * -0.5F);  // sqrt(2 pi) times the normal density
    return distribution(x, density) + x * density * 0.39894228F;
  }
};

/// 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), written with the logistic function.
struct GeluTanh {
  static constexpr float kFactor = 2.0F * 0.79788456F;
  static FINETUNE_INLINE Floats decay(const Floats& x) {
    return exp((x + x * x * x * 0.044715F) * -kFactor);
  }
  static FINETUNE_INLINE Floats value(const Floats& x) { return x / (decay(x) + 1.0F); }
  static FINETUNE_INLINE Floats slope(const Floats& x) {
    const Floats e = decay(x);
    const Floats s = 1.0F / (e + 1.0F);  // and 1 - s = e s
    return s + x * s * (e * s) * (x * x * (3.0F * 0.044715F) + 1.0F) * kFactor;
  }
};

struct Relu {
  static FINETUNE_INLINE Floats value(const Floats& x) { return x < 0.0F ? Floats{} : x; }
  static FINETUNE_INLINE Floats slope(const Floats& x) { return x > 0.0F ? splat(1.0F) : Floats{}; }
};

template <class Function>
void apply_rows(const ActivationRows& a, int64_t begin, int64_t end) {
  for (int64_t n = begin; n < end; ++n) {
    const int64_t at = n * a.width;
    for (int64_t o = 0; o < a.width; o += kLanes) {
      const int64_t left = a.width - o;
      const Floats x = load(a.z + at + o, left) + load(a.bias + o, left);
      store(a.out + at + o, Function::value(x), left);
    }
  }
}

template <class Function>
void apply_rows_backward(const ActivationRows& a, int64_t begin, int64_t end) {
  for (int64_t n = begin; n < end; ++n) {
    const int64_t at = n * a.width;
    for (int64_t o = 0; o < a.width; o += kLanes) {
      const int64_t left = a.width - o;
      const Floats x = load(a.z + at + o, left) + load(a.bias + o, left);
      const Floats dz = load(a.dy + at + o, left) * Function::slope(x);
      store(a.out + at + o, dz, left);
      store(a.sums + o, load(a.sums + o, left) + dz, left);
    }
  }
}

void activation_forward(const ActivationRows& a, int64_t begin, int64_t end) {
  if (a.activation == Activation::kGelu) return apply_rows<Gelu>(a, begin, end);
  if (a.activation == Activation::kGeluTanh) return apply_rows<GeluTanh>(a, begin, end);
  apply_rows<Relu>(a, begin, end);
}

void activation_backward(const ActivationRows& a, int64_t begin, int64_t end) {
  if (a.activation == Activation::kGelu) return apply_rows_backward<Gelu>(a, begin, end);
  if (a.activation == Activation::kGeluTanh) return apply_rows_backward<GeluTanh>(a, begin, end);
  apply_rows_backward<Relu>(a, begin, end);
}

void add(float* to, const float* from, int64_t count) {
  for (int64_t i = 0; i < count; i += kLanes) {
    store(to + i, load(to + i, count - i) + load(from + i, count - i), count - i);
  }
}

void column_sums(const ColumnSums& a, int64_t begin, int64_t end) {
  for (int64_t n = begin; n < end; ++n) add(a.sums, a.x + n * a.width, a.width);
}

}  // namespace
}  // namespace finetune::kernels::simd
