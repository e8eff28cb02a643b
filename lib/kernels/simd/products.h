#pragma once

#include "kernels/simd/vector.h"

// Small matrix products inside one cache. Each element of a product is one chain of multiply-adds
// in the order of `depth`: its bits do not depend on how many rows or columns are computed beside
// it.
namespace finetune::kernels::simd {
namespace {

/// A matrix read element by element: element (i, k) at data[i * row_stride + k * column_stride].
struct Strided {
  const float* data;
  int64_t row_stride;
  int64_t column_stride;
};

/// c [rows, columns] (+)= a [rows, depth] * b [depth, columns]; columns and both strides multiples
/// of 16.
struct Product {
  float* c;
  int64_t c_stride;
  const float* b;
  int64_t b_stride;
  int64_t rows;
  int64_t columns;
  int64_t depth;
};

template <int kRows, int kVectors, bool kAdd>
FINETUNE_INLINE void multiply_tile(const Product& p, const Strided& a, int64_t i, int64_t j) {
  Floats sums[kRows][kVectors];
  float* c = p.c + i * p.c_stride + j;
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      sums[r][v] = kAdd ? load(c + r * p.c_stride + v * kLanes) : Floats{};
    }
  }
  const float* left = a.data + i * a.row_stride;
  const float* right = p.b + j;
  for (int64_t k = 0; k < p.depth; ++k, left += a.column_stride, right += p.b_stride) {
    Floats b[kVectors];
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) b[v] = load(right + v * kLanes);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) sums[r][v] += left[r * a.row_stride] * b[v];
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) store(c + r * p.c_stride + v * kLanes, sums[r][v]);
  }
}

template <int kVectors, bool kAdd>
FINETUNE_INLINE void multiply_columns(const Product& p, const Strided& a, int64_t j) {
#if defined(__AVX512F__)
  constexpr int kRows = 8;
#else
  constexpr int kRows = kVectors == 1 ? 4 : 2;
#endif
  int64_t i = 0;
  for (; i + kRows <= p.rows; i += kRows) multiply_tile<kRows, kVectors, kAdd>(p, a, i, j);
  if constexpr (kRows > 4) {
    for (; i + 4 <= p.rows; i += 4) multiply_tile<4, kVectors, kAdd>(p, a, i, j);
  }
  for (; i < p.rows; ++i) multiply_tile<1, kVectors, kAdd>(p, a, i, j);
}

template <bool kAdd>
void multiply(const Product& p, const Strided& a) {
  int64_t j = 0;
  for (; j + 2 * kLanes <= p.columns; j += 2 * kLanes) multiply_columns<2, kAdd>(p, a, j);
  if (j < p.columns) multiply_columns<1, kAdd>(p, a, j);
}

/// Rows of a wider matrix.
struct Rows {
  int64_t stride;
  int64_t count;
  int64_t width;
};

FINETUNE_INLINE void clear(float* p, int64_t count) {
  __builtin_memset(p, 0, static_cast<size_t>(count) * sizeof(float));
}

/// out [count, round_up(width)] = those rows of `from`, the gap zero.
void pack(const float* from, const Rows& rows, float* out) {
  for (int64_t r = 0; r < rows.count; ++r, from += rows.stride) {
    for (int64_t e = 0; e < rows.width; e += kLanes, out += kLanes) {
      store(out, load(from + e, rows.width - e));
    }
  }
}

/// The other way round, without the gap.
void unpack(const float* from, const Rows& rows, float* out) {
  for (int64_t r = 0; r < rows.count; ++r, out += rows.stride) {
    for (int64_t e = 0; e < rows.width; e += kLanes, from += kLanes) {
      store(out + e, load(from), rows.width - e);
    }
  }
}

/// out [width, round_up(count)] = those rows of `from` transposed, the gap zero.
void pack_transposed(const float* from, const Rows& rows, float* out) {
  const int64_t columns = round_up(rows.count);
  for (int64_t r = 0; r < rows.count; ++r) {
    for (int64_t e = 0; e < rows.width; ++e) out[e * columns + r] = from[r * rows.stride + e];
  }
  for (int64_t r = rows.count; r < columns; ++r) {
    for (int64_t e = 0; e < rows.width; ++e) out[e * columns + r] = 0.0F;
  }
}

}  // namespace
}  // namespace finetune::kernels::simd
