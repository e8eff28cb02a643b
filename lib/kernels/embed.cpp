#include <ATen/ops/empty.h>

#include <string>

#include "base/error.h"
#include "kernels/checks.h"
#include "kernels/gradients.h"
#include "kernels/ops.h"
#include "kernels/reference.h"
#include "kernels/rows.h"

namespace finetune::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kNumTables = 3;

/// out row n += (or =) row ids[n] of the table.
void gather(const at::Tensor& table, const at::Tensor& ids, at::Tensor& out, bool adds) {
  const int64_t width = table.size(1);
  const auto* id = ids.data_ptr<int64_t>();
  const auto* from = table.data_ptr<float>();
  auto* to = out.data_ptr<float>();
  for_rows(ids.size(0), [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const float* row = from + id[n] * width;
      if (adds) {
        simd::loops().add(to + n * width, row, width);
      } else {
        std::copy(row, row + width, to + n * width);
      }
    }
  });
}

/// Row ids[n] of the gradient += dy row n, tokens in order; threads share the columns.
void scatter(const at::Tensor& dy, const at::Tensor& ids, at::Tensor& gradient) {
  constexpr int64_t kColumns = 64;
  const int64_t width = dy.size(1);
  const auto* id = ids.data_ptr<int64_t>();
  const auto* from = dy.data_ptr<float>();
  auto* to = gradient.data_ptr<float>();
  at::parallel_for(0, (width + kColumns - 1) / kColumns, 1, [&](int64_t begin, int64_t end) {
    const int64_t first = begin * kColumns;
    const int64_t count = std::min(end * kColumns, width) - first;
    for (int64_t n = 0; n < ids.size(0); ++n) {
      simd::loops().add(to + id[n] * width + first, from + n * width + first, count);
    }
  });
}

struct Embed : torch::autograd::Function<Embed> {
  // Tables come first, so that gradient i belongs to table i.
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& words,
                            const at::Tensor& positions_table,
                            const std::optional<at::Tensor>& segments_table, const at::Tensor& ids,
                            const at::Tensor& positions,
                            const std::optional<at::Tensor>& segments) {
    at::Tensor out = at::empty({ids.size(0), words.size(1)}, words.options());
    gather(words, ids, out, false);
    gather(positions_table, positions, out, true);
    if (segments_table) gather(*segments_table, *segments, out, true);
    ctx->save_for_backward({words, positions_table, segments_table.value_or(at::Tensor()), ids,
                            positions, segments.value_or(at::Tensor())});
    return out;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& gradients) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor dy = gradients[0].contiguous();
    variable_list out(2 * kNumTables);
    for (size_t i = 0; i < kNumTables; ++i) {
      if (!saved[i].defined() || !ctx->needs_input_grad(i)) continue;
      GradientTarget target(saved[i]);
      scatter(dy, saved[i + kNumTables], target.buffer());
      out[i] = target.returned();
    }
    return out;
  }
};

void check_indices(const at::Tensor& indices, const at::Tensor& table, const std::string& name) {
  const auto* data = indices.data_ptr<int64_t>();
  for (int64_t n = 0; n < indices.numel(); ++n) {
    if (data[n] < 0 || data[n] >= table.size(0)) {
      throw InternalError(name + "[" + std::to_string(n) + "] is " + std::to_string(data[n]) +
                          ", outside its table of " + std::to_string(table.size(0)) + " rows");
    }
  }
}

void check_table(const at::Tensor& indices, const at::Tensor& table, const std::string& name) {
  check_shape(indices, {kAny}, name);
  check(indices.scalar_type() == at::kLong, "indices must be int64");
  check_shape(table, {kAny, kAny}, "table of " + name);
  if (indices.is_cpu()) check_indices(indices.contiguous(), table, name);
}

}  // namespace

at::Tensor embed(const at::Tensor& ids, const at::Tensor& positions, const at::Tensor& segments,
                 const at::Tensor& words, const at::Tensor& positions_table,
                 const at::Tensor& segments_table) {
  check_table(ids, words, "ids");
  check_table(positions, positions_table, "positions");
  check_shape(positions, {ids.size(0)}, "positions");
  check_shape(positions_table, {kAny, words.size(1)}, "table of positions");
  if (segments_table.defined()) {
    check_table(segments, segments_table, "segments");
    check_shape(segments, {ids.size(0)}, "segments");
    check_shape(segments_table, {kAny, words.size(1)}, "table of segments");
  }
  if (!is_fast(words)) {
    return reference::embed(ids, positions, segments, words, positions_table, segments_table);
  }
  return Embed::apply(
      words.contiguous(), positions_table.contiguous(),
      optional(segments_table.defined() ? segments_table.contiguous() : segments_table),
      ids.contiguous(), positions.contiguous(),
      optional(segments_table.defined() ? segments.contiguous() : at::Tensor()));
}

}  // namespace finetune::kernels
