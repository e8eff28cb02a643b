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

/// Rows of a product are computed in groups of up to this many.
constexpr int64_t kRowGroup = 8;

constexpr int64_t round_up_rows(int64_t count) {
  return (count + kRowGroup - 1) / kRowGroup * kRowGroup;
}

/// c [rows, columns] (+)= a [rows, depth] * b [depth, columns]. `rows` is a multiple of kRowGroup,
/// `columns` and both strides are multiples of kLanes.
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

template <bool kAdd>
void multiply(const Product& p, const Strided& a) {
#if defined(__AVX512F__)
  constexpr int kRows = 8;
#else
  constexpr int kRows = 4;  // sixteen registers
#endif
  int64_t j = 0;
  for (; j + 2 * kLanes <= p.columns; j += 2 * kLanes) {
    for (int64_t i = 0; i < p.rows; i += kRows) multiply_tile<kRows, 2, kAdd>(p, a, i, j);
  }
  if (j == p.columns) return;
  for (int64_t i = 0; i < p.rows; i += kRows) multiply_tile<kRows, 1, kAdd>(p, a, i, j);
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

/// Starts bringing in what the next head needs: the same rows, one head further.
FINETUNE_INLINE void prefetch_next(const float* row, int64_t width) {
  constexpr int64_t kLine = 16;  // floats in a cache line
  for (int64_t e = 0; e < width; e += kLine) __builtin_prefetch(row + width + e);
}

/// out [round_up_rows(count), round_up(width)] = those rows of `from`, the gaps zero.
void pack(const float* from, const Rows& rows, float* out) {
  const int64_t columns = round_up(rows.width);
  for (int64_t r = 0; r < rows.count; ++r, from += rows.stride) {
    prefetch_next(from, rows.width);
    for (int64_t e = 0; e < columns; e += kLanes, out += kLanes) {
      store(out, load(from + e, larger(rows.width - e, 0)));
    }
  }
  clear(out, (round_up_rows(rows.count) - rows.count) * columns);
}

/// The other way round, without the gap.
void unpack(const float* from, const Rows& rows, float* out) {
  const int64_t columns = round_up(rows.width);
  for (int64_t r = 0; r < rows.count; ++r, from += columns, out += rows.stride) {
    for (int64_t e = 0; e < rows.width; e += kLanes) {
      store(out + e, load(from + e), rows.width - e);
    }
  }
}

/// Rows become columns: kLanes rows of as many lanes, halves swapped first.
FINETUNE_INLINE void transpose(Floats (&rows)[kLanes]) {
#pragma GCC unroll 4
  for (int32_t half = kLanes / 2; half > 0; half /= 2) {
    const Ints lanes = lane_numbers();
    const Ints is_upper = (lanes & half) != 0;
    const Ints lower = is_upper ? (lanes ^ half) + static_cast<int32_t>(kLanes) : lanes;
    const Ints upper = is_upper ? lanes + static_cast<int32_t>(kLanes) : lanes | half;
#pragma GCC unroll 16
    for (int32_t r = 0; r < kLanes; ++r) {
      if ((r & half) != 0) continue;
      const Floats a = rows[r];
      const Floats b = rows[r | half];
      rows[r] = __builtin_shuffle(a, b, lower);
      rows[r | half] = __builtin_shuffle(a, b, upper);
    }
  }
}

/// The sums of kLanes vectors, each in the lane of its number.
FINETUNE_INLINE Floats lane_sums(Floats (&vectors)[kLanes]) {
  const Ints lanes = lane_numbers();
#pragma GCC unroll 4
  for (int32_t half = kLanes / 2; half > 0; half /= 2) {
    const Ints is_upper = (lanes & half) != 0;
    const Ints lower = is_upper ? (lanes ^ half) + static_cast<int32_t>(kLanes) : lanes;
    const Ints upper = is_upper ? lanes + static_cast<int32_t>(kLanes) : lanes | half;
#pragma GCC unroll 16
    for (int32_t r = 0; r < half; ++r) {
      const Floats a = vectors[r];
      const Floats b = vectors[r + half];
      vectors[r] = __builtin_shuffle(a, b, lower) + __builtin_shuffle(a, b, upper);
    }
  }
  return vectors[0];
}

/// out [width, round_up(count)] = those rows of `from` transposed, the gap zero.
void pack_transposed(const float* from, const Rows& rows, float* out) {
  const int64_t columns = round_up(rows.count);
  for (int64_t r = 0; r < columns; r += kLanes) {
    const int64_t height = smaller(larger(rows.count - r, 0), kLanes);
    for (int64_t e = 0; e < rows.width; e += kLanes) {
      Floats block[kLanes] = {};
      for (int64_t i = 0; i < height; ++i) {
        block[i] = load(from + (r + i) * rows.stride + e, rows.width - e);
      }
      transpose(block);
      for (int64_t i = 0; i < smaller(rows.width - e, kLanes); ++i) {
        store(out + (e + i) * columns + r, block[i]);
      }
    }
    for (int64_t i = 0; i < height; ++i) {
      prefetch_next(from + (r + i) * rows.stride, rows.width);
    }
  }
}

}  // namespace
}  // namespace finetune::kernels::simd
