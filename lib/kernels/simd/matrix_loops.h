#pragma once

#include "kernels/simd/loops.h"
#include "kernels/simd/products.h"

// Products of whole matrices, after Goto and van de Geijn 2008 ("Anatomy of High-Performance Matrix
// Multiplication"): a block of b is packed into panels that the caches hold, and small tiles of c
// stay in registers while they run down its depth. a is read where it lies.
//
// Each element of c is a sum, in their order, of one chain of multiply-adds for every kBlockDepth
// of the depth, whatever is computed beside it: its bits depend neither on the number of rows or
// columns nor on that of threads.
namespace finetune::kernels::simd {
namespace {

constexpr int64_t kPanel = 2 * kLanes;  ///< columns of a tile
constexpr int64_t kBlockDepth = 256;    ///< a panel of it fits into the first cache
constexpr int64_t kBlockColumns = 8 * kPanel;
constexpr int64_t kBlockRows = 96;  ///< of a, times kBlockDepth: within the second cache
#if defined(__AVX512F__)
constexpr int kTileRows = 12;  // 24 sums in 32 registers
#elif defined(__AVX2__)
constexpr int kTileRows = 6;  // 12 in 16
#else
constexpr int kTileRows = 4;
#endif

/// A tile of c and what it is made of.
struct Tile {
  const float* a;
  int64_t a_stride;
  const float* panel;  ///< [depth, kPanel]
  int64_t depth;
  float* c;
  int64_t c_stride;
  int64_t columns;    ///< at most kPanel
  const float* bias;  ///< what is added to the sums: these columns,
  bool adds;          ///< or what c holds, or else nothing
};

/// a's element (r, k) is at a[r * a_stride + k], or at a[k * a_stride + r] where it is transposed.
template <int kRows, bool kIsTransposed>
FINETUNE_INLINE void multiply_panel(const Tile& t) {
  Floats sums[kRows][2] = {};
  const float* a = t.a;
  const float* b = t.panel;
  const int64_t stride = t.a_stride;
  for (int64_t k = 0; k < t.depth; ++k, b += kPanel) {
    const Floats b0 = load(b);
    const Floats b1 = load(b + kLanes);
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
      const float x = kIsTransposed ? a[r] : a[r * stride];
      sums[r][0] += x * b0;
      sums[r][1] += x * b1;
    }
    a += kIsTransposed ? stride : 1;
  }
#pragma GCC unroll 12
  for (int r = 0; r < kRows; ++r) {
    float* row = t.c + r * t.c_stride;
    for (int v = 0; v < 2; ++v) {
      const int64_t left = larger(t.columns - v * kLanes, 0);
      const Floats start = t.adds   ? load(row + v * kLanes, left)
                           : t.bias ? load(t.bias + v * kLanes, left)
                                    : Floats{};
      store(row + v * kLanes, start + sums[r][v], left);
    }
  }
}

/// Rows that are left over, in ever smaller tiles.
template <int kRows, bool kIsTransposed>
void multiply_rows(Tile t, int64_t rows) {
  for (; rows >= kRows; rows -= kRows) {
    multiply_panel<kRows, kIsTransposed>(t);
    t.a += kRows * (kIsTransposed ? 1 : t.a_stride);
    t.c += kRows * t.c_stride;
  }
  if constexpr (kRows > 1) {
    if (rows > 0) multiply_rows<kRows / 2, kIsTransposed>(t, rows);
  }
}

/// to [depth, kPanel] = columns of b, the gap zero. b's element (k, j) is at from[k * stride + j].
void pack_panel(const float* from, int64_t stride, int64_t depth, int64_t columns, float* to) {
  for (int64_t k = 0; k < depth; ++k, from += stride, to += kPanel) {
    store(to, load(from, columns));
    store(to + kLanes, load(from + kLanes, larger(columns - kLanes, 0)));
  }
}

/// The same of a b whose element (k, j) is at from[j * stride + k].
void pack_panel_transposed(const float* from, int64_t stride, int64_t depth, int64_t columns,
                           float* to) {
  for (int64_t j = 0; j < kPanel; j += kLanes) {
    const int64_t height = smaller(larger(columns - j, 0), kLanes);
    for (int64_t k = 0; k < depth; k += kLanes) {
      const int64_t width = smaller(depth - k, kLanes);
      Floats block[kLanes] = {};
      for (int64_t i = 0; i < height; ++i) block[i] = load(from + (j + i) * stride + k, width);
      transpose(block);
      for (int64_t i = 0; i < width; ++i) store(to + (k + i) * kPanel + j, block[i]);
    }
  }
}

/// A block of b, packed: panel after panel of [depth, kPanel].
void pack_block(const MatrixProduct& p, const MatrixRange& range, int64_t first_depth,
                int64_t depth, float* to) {
  for (int64_t j = range.first_column; j < range.end_column; j += kPanel, to += depth * kPanel) {
    const int64_t columns = smaller(range.end_column - j, kPanel);
    if (p.b_is_transposed) {
      pack_panel_transposed(p.b + j * p.b_stride + first_depth, p.b_stride, depth, columns, to);
    } else {
      pack_panel(p.b + first_depth * p.b_stride + j, p.b_stride, depth, columns, to);
    }
  }
}

/// That block's part of c.
void multiply_block(const MatrixProduct& p, const MatrixRange& range, int64_t first_depth,
                    int64_t depth, const float* packed) {
  for (int64_t i = range.first_row; i < range.end_row; i += kBlockRows) {
    const int64_t rows = smaller(range.end_row - i, kBlockRows);
    const float* panel = packed;
    for (int64_t j = range.first_column; j < range.end_column; j += kPanel) {
      Tile tile{
          p.a + (p.a_is_transposed ? first_depth * p.a_stride + i : i * p.a_stride + first_depth),
          p.a_stride,
          panel,
          depth,
          p.c + i * p.c_stride + j,
          p.c_stride,
          smaller(range.end_column - j, kPanel),
          p.bias ? p.bias + j : nullptr,
          p.adds || first_depth > 0};
      if (p.a_is_transposed) {
        multiply_rows<kTileRows, true>(tile, rows);
      } else {
        multiply_rows<kTileRows, false>(tile, rows);
      }
      panel += depth * kPanel;
    }
  }
}

int64_t matrix_panel() { return kPanel; }

int64_t matrix_scratch() { return kBlockDepth * kBlockColumns; }

void multiply_matrices(const MatrixProduct& p, const MatrixRange& range, float* scratch) {
  MatrixRange block = range;
  for (int64_t j = range.first_column; j < range.end_column; j += kBlockColumns) {
    block.first_column = j;
    block.end_column = smaller(j + kBlockColumns, range.end_column);
    for (int64_t k = 0; k < p.depth; k += kBlockDepth) {
      const int64_t depth = smaller(p.depth - k, kBlockDepth);
      pack_block(p, block, k, depth, scratch);
      multiply_block(p, block, k, depth, scratch);
    }
  }
}

}  // namespace
}  // namespace finetune::kernels::simd
