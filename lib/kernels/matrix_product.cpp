#include "kernels/matrix_product.h"

#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>

#include "kernels/checks.h"
#include "kernels/rows.h"

namespace finetune::kernels {

bool has_own_products() {
  static const bool has_vectors = simd::is_supported(simd::InstructionSet::kAvx2) ||
                                  simd::is_supported(simd::InstructionSet::kAvx512);
  return has_vectors;
}

namespace {

/// Below this many multiply-adds a second thread costs more than it saves.
constexpr int64_t kLeastWork = int64_t{1} << 19;

/// A matrix as it lies in memory: row-major, or as the transpose of a row-major one.
struct Stored {
  at::Tensor matrix;  ///< what `data` points into
  const float* data;
  int64_t stride;
  bool is_transposed;
};

Stored stored(const at::Tensor& x) {
  if (x.stride(1) == 1) return {x, x.data_ptr<float>(), x.stride(0), false};
  if (x.stride(0) == 1) return {x, x.data_ptr<float>(), x.stride(1), true};
  const at::Tensor copy = x.contiguous();
  return {copy, copy.data_ptr<float>(), copy.stride(0), false};
}

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Parts of c that threads take in turn: blocks of columns, each of which packs its own part of b,
/// where there are enough of them; else blocks of rows.
struct Parts {
  int64_t rows;  ///< of one part
  int64_t columns;

  Parts(const simd::MatrixProduct& p, int64_t num_rows, int64_t num_columns)
      : rows(num_rows), columns(num_columns) {
    const int64_t threads = at::get_num_threads();
    if (threads == 1 || num_rows * num_columns * p.depth < kLeastWork) return;
    const int64_t panel = simd::loops().matrix_panel();
    const int64_t panels = ceil_div(num_columns, panel);
    if (panels % threads == 0 || panels >= 4 * threads) {
      columns = panel * std::max(ceil_div(panels, 4 * threads),
                                 std::min(ceil_div(panels, threads), int64_t{4}));
    } else {
      constexpr int64_t kTile = 12;  // a multiple of the rows that are computed together
      rows = kTile * ceil_div(ceil_div(num_rows, threads), kTile);
    }
  }
};

void run(const simd::MatrixProduct& product, int64_t num_rows, int64_t num_columns) {
  const Parts parts(product, num_rows, num_columns);
  const int64_t across = ceil_div(num_columns, parts.columns);
  for_tasks(ceil_div(num_rows, parts.rows) * across, [&] {
    const at::Tensor scratch = at::empty({simd::loops().matrix_scratch()}, at::kFloat);
    return [&, scratch](int64_t task) {
      simd::MatrixRange range;
      range.first_row = task / across * parts.rows;
      range.end_row = std::min(range.first_row + parts.rows, num_rows);
      range.first_column = task % across * parts.columns;
      range.end_column = std::min(range.first_column + parts.columns, num_columns);
      simd::loops().multiply(product, range, scratch.data_ptr<float>());
    };
  });
}

void compute(const at::Tensor& c, const at::Tensor& a, const at::Tensor& b, const at::Tensor& bias,
             bool adds) {
  const Stored left = stored(a);
  const Stored right = stored(b);
  const at::Tensor start = bias.defined() ? bias.contiguous() : bias;
  simd::MatrixProduct product;
  product.a = left.data;
  product.b = right.data;
  product.c = c.data_ptr<float>();
  product.bias = start.defined() ? start.data_ptr<float>() : nullptr;
  product.a_stride = left.stride;
  product.b_stride = right.stride;
  product.c_stride = c.stride(0);
  product.depth = a.size(1);
  product.a_is_transposed = left.is_transposed;
  product.b_is_transposed = right.is_transposed;
  product.adds = adds;
  run(product, c.size(0), c.size(1));
}

/// Up to so many rows packing x is better than packing b: the steps of decoding.
constexpr int64_t kFewRows = 256;

/// c = a b + bias where a has few rows and b is W^T. `c` is contiguous.
void multiply_few_rows(const at::Tensor& c, const Stored& a, const Stored& b,
                       const at::Tensor& bias) {
  constexpr int64_t kBlocksPerTask = 4;
  const simd::Loops& loops = simd::loops();
  simd::FewRows task;
  task.rows = c.size(0);
  task.outputs = c.size(1);
  task.inputs = a.matrix.size(1);
  const int64_t columns = loops.few_rows_columns(task.rows);
  const at::Tensor packed = at::empty({task.inputs, columns}, c.options());
  loops.few_rows_pack(a.data, a.stride, task.rows, task.inputs, packed.data_ptr<float>());
  const at::Tensor start = bias.defined() ? bias.contiguous() : bias;
  task.x = packed.data_ptr<float>();
  task.weight = b.data;
  task.weight_stride = b.stride;
  task.bias = start.defined() ? start.data_ptr<float>() : nullptr;
  task.y = c.data_ptr<float>();
  const int64_t num_blocks = ceil_div(task.outputs, simd::kFewRowsOutputs);
  at::parallel_for(0, num_blocks, kBlocksPerTask, [&](int64_t begin, int64_t end) {
    const at::Tensor scratch = at::empty({simd::kFewRowsOutputs, columns}, at::kFloat);
    loops.multiply_few_rows(task, begin * simd::kFewRowsOutputs,
                            std::min(end * simd::kFewRowsOutputs, task.outputs),
                            scratch.data_ptr<float>());
  });
}

/// Whether our loops can take a product; its shapes are checked on the way.
bool is_ours(const at::Tensor& a, const at::Tensor& b) {
  check_shape(a, {kAny, kAny}, "a");
  check_shape(b, {a.size(1), kAny}, "b");
  return has_own_products() && is_fast(a) && is_fast(b) && a.numel() > 0 && b.numel() > 0;
}

}  // namespace

at::Tensor matrix_product(const at::Tensor& a, const at::Tensor& b, const at::Tensor& bias) {
  if (!is_ours(a, b)) return bias.defined() ? at::addmm(bias, a, b) : at::mm(a, b);
  at::Tensor c = at::empty({a.size(0), b.size(1)}, a.options());
  const Stored left = stored(a);
  const Stored right = stored(b);
  if (a.size(0) <= kFewRows && !left.is_transposed && right.is_transposed) {
    multiply_few_rows(c, left, right, bias);
  } else {
    compute(c, a, b, bias, /*adds=*/false);
  }
  return c;
}

void matrix_product_into(const at::Tensor& c, const at::Tensor& a, const at::Tensor& b) {
  check_shape(c, {a.size(0), b.size(1)}, "c");
  if (is_ours(a, b)) return compute(c, a, b, at::Tensor(), /*adds=*/false);
  at::Tensor out = c;  // NOLINT(performance-unnecessary-copy-initialization): ATen asks for one
  at::mm_out(out, a, b);
}

void add_matrix_product(const at::Tensor& c, const at::Tensor& a, const at::Tensor& b) {
  check_shape(c, {a.size(0), b.size(1)}, "c");
  if (is_ours(a, b)) return compute(c, a, b, at::Tensor(), /*adds=*/true);
  c.addmm_(a, b);
}

}  // namespace finetune::kernels
