#pragma once

#include "kernels/simd/loops.h"
#include "kernels/simd/matrix_loops.h"
#include "kernels/simd/products.h"

// y = x W^T + b for few rows of x, as decoding has them. Rows lie across the lanes, so that W is
// read number by number from where it lies and only x is packed. Each element is the same sum of
// chains, in the same order, as in matrix_loops.h: to the bit.
namespace finetune::kernels::simd {
namespace {

constexpr int64_t kPanelOutputs = 8;  ///< whose weights stay in the cache while the rows pass by

/// A block of W: outputs [output, output_end), inputs [begin, end).
struct WeightPanel {
  int64_t output;
  int64_t output_end;
  int64_t begin;
  int64_t end;
};

/// The panel after this one; with no outputs behind the last.
FINETUNE_INLINE WeightPanel next_panel(const FewRows& a, const WeightPanel& panel) {
  const bool is_deepest = panel.end == a.inputs;
  const int64_t output = is_deepest ? panel.output_end : panel.output;
  const int64_t begin = is_deepest ? 0 : panel.end;
  return {output, smaller(output + kPanelOutputs, a.outputs), begin,
          smaller(begin + kBlockDepth, a.inputs)};
}

/// Weights of the outputs [output, output_end) of a panel are on their way to the cache.
FINETUNE_INLINE void prefetch(const FewRows& a, const WeightPanel& panel, int64_t output,
                              int64_t output_end) {
  constexpr int64_t kLine = 16;  // floats in a cache line
  for (; output < output_end; ++output) {
    const float* row = a.weight + output * a.weight_stride;
    for (int64_t k = panel.begin; k < panel.end; k += kLine) __builtin_prefetch(row + k);
  }
}

/// sums [outputs, columns] += the panel's weights times x, kOutputs times kVectors at once.
template <int kOutputs, int kVectors>
FINETUNE_INLINE void add_products(const FewRows& a, const WeightPanel& panel, int64_t output,
                                  int64_t column, float* sums) {
  const int64_t columns = round_up(a.rows);
  Floats totals[kOutputs][kVectors] = {};
  const float* weight = a.weight + output * a.weight_stride;
  for (int64_t k = panel.begin; k < panel.end; ++k) {
    Floats x[kVectors];
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) x[v] = load(a.x + k * columns + column + v * kLanes);
#pragma GCC unroll 8
    for (int o = 0; o < kOutputs; ++o) {
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) totals[o][v] += weight[o * a.weight_stride + k] * x[v];
    }
  }
#pragma GCC unroll 8
  for (int o = 0; o < kOutputs; ++o) {
    float* to = sums + (output - panel.output + o) * columns + column;
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) store(to + v * kLanes, load(to + v * kLanes) + totals[o][v]);
  }
}

template <int kVectors>
FINETUNE_INLINE void add_column(const FewRows& a, const WeightPanel& panel, int64_t column,
                                float* sums) {
#if defined(__AVX512F__)
  constexpr int kOutputs = 8;
#else
  constexpr int kOutputs = 4;  // sixteen registers
#endif
  int64_t output = panel.output;
  for (; output + kOutputs <= panel.output_end; output += kOutputs) {
    add_products<kOutputs, kVectors>(a, panel, output, column, sums);
  }
  for (; output < panel.output_end; ++output) {
    add_products<1, kVectors>(a, panel, output, column, sums);
  }
}

/// One panel against all rows, while the weights of the next one are brought in, spread over them.
FINETUNE_INLINE void add_panel(const FewRows& a, const WeightPanel& panel, float* sums) {
  const int64_t columns = round_up(a.rows);
  const WeightPanel next = next_panel(a, panel);
  int64_t fetched = next.output;
  for (int64_t j = 0; j < columns; j += 2 * kLanes) {
    const int64_t share = (next.output_end - next.output) * (j + 2 * kLanes) / columns;
    const int64_t until = smaller(next.output + share, next.output_end);
    prefetch(a, next, fetched, until);
    fetched = larger(fetched, until);
    if (j + 2 * kLanes <= columns) {
      add_column<2>(a, panel, j, sums);
    } else {
      add_column<1>(a, panel, j, sums);
    }
  }
}

/// What the sums of these outputs start from.
FINETUNE_INLINE void fill_bias(const FewRows& a, int64_t begin, int64_t end, float* sums) {
  const int64_t columns = round_up(a.rows);
  for (int64_t o = begin; o < end; ++o, sums += columns) {
    const Floats bias = splat(a.bias == nullptr ? 0.0F : a.bias[o]);
    for (int64_t r = 0; r < columns; r += kLanes) store(sums + r, bias);
  }
}

/// y of these outputs from their sums, which become columns.
FINETUNE_INLINE void write_outputs(const FewRows& a, int64_t begin, int64_t end,
                                   const float* sums) {
  const int64_t columns = round_up(a.rows);
  for (int64_t o = begin; o < end; o += kLanes, sums += kLanes * columns) {
    const int64_t width = smaller(end - o, kLanes);
    for (int64_t r = 0; r < a.rows; r += kLanes) {
      Floats block[kLanes] = {};
      for (int64_t i = 0; i < width; ++i) block[i] = load(sums + i * columns + r);
      transpose(block);
      for (int64_t i = 0; i < smaller(a.rows - r, kLanes); ++i) {
        store(a.y + (r + i) * a.outputs + o, block[i], width);
      }
    }
  }
}

int64_t few_rows_columns(int64_t num_rows) { return round_up(num_rows); }

void few_rows_pack(const float* x, int64_t stride, int64_t num_rows, int64_t inputs,
                   float* packed) {
  pack_transposed(x, {stride, num_rows, inputs}, packed);
}

void multiply_few_rows(const FewRows& a, int64_t begin, int64_t end, float* sums) {
  for (int64_t first = begin; first < end; first += kFewRowsOutputs) {
    const int64_t last = smaller(first + kFewRowsOutputs, end);
    fill_bias(a, first, last, sums);
    WeightPanel panel{first, first + kPanelOutputs, 0, smaller(kBlockDepth, a.inputs)};
    while (panel.output < last) {
      panel.output_end = smaller(panel.output_end, last);
      add_panel(a, panel, sums + (panel.output - first) * round_up(a.rows));
      panel = next_panel(a, panel);
    }
    write_outputs(a, first, last, sums);
  }
}

}  // namespace
}  // namespace finetune::kernels::simd
