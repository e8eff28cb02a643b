#pragma once

#include "kernels/simd/loops.h"
#include "kernels/simd/vector.h"

namespace finetune::kernels::simd {
namespace {

void dropout_rows(const DropoutRows& a, int64_t begin, int64_t end) {
  for (int64_t n = begin; n < end; ++n) {
    const DropoutRow row = a.dropout.row(n);
    const float* x = a.x + n * a.width;
    float* y = a.y + n * a.width;
    for (int64_t d = 0; d < a.width; d += kLanes) {
      store(y + d, load(x + d, a.width - d) * dropout_factors(a.dropout, row, d), a.width - d);
    }
  }
}

/// Writes residual + dropout(x) to `normalized` (and `sum`) and returns its mean.
FINETUNE_INLINE float sum_row(const NormForward& a, int64_t n) {
  const int64_t at = n * a.width;
  const DropoutRow row = a.dropout.row(n);
  const bool drops = a.dropout.threshold > 0;
  Floats total{};
  for (int64_t d = 0; d < a.width; d += kLanes) {
    const int64_t left = a.width - d;
    Floats s = load(a.x + at + d, left);
    if (drops) s *= dropout_factors(a.dropout, row, d);
    if (a.residual != nullptr) s += load(a.residual + at + d, left);
    store(a.normalized + at + d, s, left);
    if (a.sum != nullptr) store(a.sum + at + d, s, left);
    total += s;
  }
  return sum(total) / static_cast<float>(a.width);
}

/// Subtracts the mean and returns the (biased) variance.
FINETUNE_INLINE float centre_row(float* row, int64_t width, float mean) {
  Floats squares{};
  int64_t d = 0;
  for (; d + kLanes <= width; d += kLanes) {
    const Floats c = load(row + d) - mean;
    store(row + d, c);
    squares += c * c;
  }
  float total = sum(squares);
  for (; d < width; ++d) {
    row[d] -= mean;
    total += row[d] * row[d];
  }
  return total / static_cast<float>(width);
}

template <bool kIsRms>
void norm_rows(const NormForward& a, int64_t begin, int64_t end) {
  for (int64_t n = begin; n < end; ++n) {
    float* normalized = a.normalized + n * a.width;
    float* y = a.y + n * a.width;
    const float mean = sum_row(a, n);
    const float variance = centre_row(normalized, a.width, kIsRms ? 0.0F : mean);
    const float factor = 1.0F / __builtin_sqrtf(variance + a.epsilon);
    a.inverse_deviation[n] = factor;
    for (int64_t d = 0; d < a.width; d += kLanes) {
      const int64_t left = a.width - d;
      const Floats h = load(normalized + d, left) * factor;
      store(normalized + d, h, left);
      if constexpr (kIsRms) {
        store(y + d, h * load(a.gain + d, left), left);
      } else {
        store(y + d, h * load(a.gain + d, left) + load(a.shift + d, left), left);
      }
    }
  }
}

void norm_forward(const NormForward& a, int64_t begin, int64_t end) {
  if (a.shift == nullptr) return norm_rows<true>(a, begin, end);
  norm_rows<false>(a, begin, end);
}

/// Adds the row's part of the gain and shift gradients; returns the means of dy * gain and of
/// dy * gain * normalized.
struct RowMeans {
  float gradient;
  float along;
};
FINETUNE_INLINE RowMeans gain_shift_row(const NormBackward& a, int64_t n) {
  const int64_t at = n * a.width;
  Floats gradient{};
  Floats along{};
  for (int64_t d = 0; d < a.width; d += kLanes) {
    const int64_t left = a.width - d;
    const Floats dy = load(a.dy + at + d, left);
    const Floats h = load(a.normalized + at + d, left);
    const Floats g = dy * load(a.gain + d, left);
    gradient += g;
    along += g * h;
    store(a.sums + d, load(a.sums + d, left) + dy * h, left);
    float* shift_sums = a.sums + a.width + d;
    store(shift_sums, load(shift_sums, left) + dy, left);
  }
  const auto width = static_cast<float>(a.width);
  return {a.is_rms ? 0.0F : sum(gradient) / width, sum(along) / width};
}

void norm_backward(const NormBackward& a, int64_t begin, int64_t end) {
  for (int64_t n = begin; n < end; ++n) {
    const RowMeans means = gain_shift_row(a, n);
    const int64_t at = n * a.width;
    const DropoutRow row = a.dropout.row(n);
    const float factor = a.inverse_deviation[n];
    for (int64_t d = 0; d < a.width; d += kLanes) {
      const int64_t left = a.width - d;
      const Floats g = load(a.dy + at + d, left) * load(a.gain + d, left);
      const Floats h = load(a.normalized + at + d, left);
      Floats ds = (g - means.gradient - h * means.along) * factor;
      if (a.dsum != nullptr) ds += load(a.dsum + at + d, left);
      store(a.dresidual + at + d, ds, left);
      if (a.dx != nullptr) {
        store(a.dx + at + d, ds * dropout_factors(a.dropout, row, d), left);
      }
    }
  }
}

}  // namespace
}  // namespace finetune::kernels::simd
