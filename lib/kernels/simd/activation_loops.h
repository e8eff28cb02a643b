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

/// x s(x) with the logistic function s.
struct Silu {
  static FINETUNE_INLINE Floats value(const Floats& x) { return x / (exp(-x) + 1.0F); }
  static FINETUNE_INLINE Floats slope(const Floats& x) {
    const Floats e = exp(-x);
    const Floats s = 1.0F / (e + 1.0F);  // and 1 - s = e s
    return s + x * s * (e * s);
  }
};

/// 1 - 2 / (e^2x + 1); by its series where that would cancel.
struct Tanh {
  static FINETUNE_INLINE Floats value(const Floats& x) {
    const Floats square = x * x;
    Floats series = splat(-17.0F / 315.0F);
    series = series * square + 2.0F / 15.0F;
    series = series * square - 1.0F / 3.0F;
    series = series * square * x + x;
    return abs(x) < 0.15F ? series : 1.0F - 2.0F / (exp(x + x) + 1.0F);
  }
  static FINETUNE_INLINE Floats slope(const Floats& x) {
    const Floats t = value(x);
    return 1.0F - t * t;
  }
};

FINETUNE_INLINE Floats load_sum(const ActivationRows& a, int64_t at, int64_t o, int64_t left) {
  const Floats x = load(a.z + at + o, left);
  return a.bias == nullptr ? x : x + load(a.bias + o, left);
}

template <class Function>
void apply_rows(const ActivationRows& a, int64_t begin, int64_t end) {
  for (int64_t n = begin; n < end; ++n) {
    const int64_t at = n * a.width;
    for (int64_t o = 0; o < a.width; o += kLanes) {
      const int64_t left = a.width - o;
      store(a.out + at + o, Function::value(load_sum(a, at, o, left)), left);
    }
  }
}

template <class Function>
void apply_rows_backward(const ActivationRows& a, int64_t begin, int64_t end) {
  for (int64_t n = begin; n < end; ++n) {
    const int64_t at = n * a.width;
    for (int64_t o = 0; o < a.width; o += kLanes) {
      const int64_t left = a.width - o;
      const Floats x = load_sum(a, at, o, left);
      const Floats dz = load(a.dy + at + o, left) * Function::slope(x);
      store(a.out + at + o, dz, left);
      if (a.sums != nullptr) store(a.sums + o, load(a.sums + o, left) + dz, left);
    }
  }
}

template <class Function>
void apply_gate(const GatedRows& a, int64_t begin, int64_t end) {
  for (int64_t n = begin; n < end; ++n) {
    const float* z = a.z + 2 * n * a.width;
    for (int64_t o = 0; o < a.width; o += kLanes) {
      const int64_t left = a.width - o;
      const Floats y = Function::value(load(z + o, left)) * load(z + a.width + o, left);
      store(a.out + n * a.width + o, y, left);
    }
  }
}

template <class Function>
void apply_gate_backward(const GatedRows& a, int64_t begin, int64_t end) {
  for (int64_t n = begin; n < end; ++n) {
    const float* z = a.z + 2 * n * a.width;
    float* dz = a.out + 2 * n * a.width;
    for (int64_t o = 0; o < a.width; o += kLanes) {
      const int64_t left = a.width - o;
      const Floats x = load(z + o, left);
      const Floats gate = load(z + a.width + o, left);
      const Floats dy = load(a.dy + n * a.width + o, left);
      store(dz + o, dy * gate * Function::slope(x), left);
      store(dz + a.width + o, dy * Function::value(x), left);
    }
  }
}

/// Calls body with the function that `activation` names.
template <class Body>
FINETUNE_INLINE void with_function(Activation activation, const Body& body) {
  switch (activation) {
    case Activation::kGelu:
      return body(Gelu{});
    case Activation::kGeluTanh:
      return body(GeluTanh{});
    case Activation::kRelu:
      return body(Relu{});
    case Activation::kSilu:
      return body(Silu{});
    case Activation::kTanh:
      return body(Tanh{});
  }
}

void activation_forward(const ActivationRows& a, int64_t begin, int64_t end) {
  with_function(a.activation, [&](auto f) { apply_rows<decltype(f)>(a, begin, end); });
}

void activation_backward(const ActivationRows& a, int64_t begin, int64_t end) {
  with_function(a.activation, [&](auto f) { apply_rows_backward<decltype(f)>(a, begin, end); });
}

void gated_forward(const GatedRows& a, int64_t begin, int64_t end) {
  with_function(a.activation, [&](auto f) { apply_gate<decltype(f)>(a, begin, end); });
}

void gated_backward(const GatedRows& a, int64_t begin, int64_t end) {
  with_function(a.activation, [&](auto f) { apply_gate_backward<decltype(f)>(a, begin, end); });
}

void add(float* to, const float* from, int64_t count) {
  for (int64_t i = 0; i < count; i += kLanes) {
    store(to + i, load(to + i, count - i) + load(from + i, count - i), count - i);
  }
}

void add_scaled(float* to, const float* from, float factor, int64_t count) {
  for (int64_t i = 0; i < count; i += kLanes) {
    const int64_t left = count - i;
    store(to + i, load(to + i, left) + load(from + i, left) * factor, left);
  }
}

void column_sums(const ColumnSums& a, int64_t begin, int64_t end) {
  for (int64_t n = begin; n < end; ++n) add(a.sums, a.x + n * a.width, a.width);
}

}  // namespace
}  // namespace finetune::kernels::simd
