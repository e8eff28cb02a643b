#include <ATen/ops/empty.h>

#include <algorithm>
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

/// out row n = scale * row ids[n] of the table, or += that row.
void gather(const at::Tensor& table, const at::Tensor& ids, at::Tensor& out, bool adds,
            float scale = 1.0F) {
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
        std::transform(row, row + width, to + n * width, [=](float x) { return scale * x; });
      }
    }
  });
}

/// Row ids[n] of the gradient += scale * dy row n, tokens in order; threads share the columns.
void scatter(const at::Tensor& dy, const at::Tensor& ids, at::Tensor& gradient,
             const WordOptions& options) {
  constexpr int64_t kColumns = 64;
  const int64_t width = dy.size(1);
  const auto* id = ids.data_ptr<int64_t>();
  const auto* from = dy.data_ptr<float>();
  auto* to = gradient.data_ptr<float>();
  at::parallel_for(0, (width + kColumns - 1) / kColumns, 1, [&](int64_t begin, int64_t end) {
    const int64_t first = begin * kColumns;
    const int64_t count = std::min(end * kColumns, width) - first;
    for (int64_t n = 0; n < ids.size(0); ++n) {
      if (id[n] == options.frozen) continue;
      simd::loops().add_scaled(to + id[n] * width + first, from + n * width + first, options.scale,
                               count);
    }
  });
}

struct Embed : torch::autograd::Function<Embed> {
  // Tables come first, so that gradient i belongs to table i.
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& words,
                            const std::optional<at::Tensor>& positions_table,
                            const std::optional<at::Tensor>& segments_table, const at::Tensor& ids,
                            const std::optional<at::Tensor>& positions,
                            const std::optional<at::Tensor>& segments, const WordOptions& options) {
    at::Tensor out = at::empty({ids.size(0), words.size(1)}, words.options());
    gather(words, ids, out, false, options.scale);
    if (positions_table) gather(*positions_table, *positions, out, true);
    if (segments_table) gather(*segments_table, *segments, out, true);
    ctx->save_for_backward({words, positions_table.value_or(at::Tensor()),
                            segments_table.value_or(at::Tensor()), ids,
                            positions.value_or(at::Tensor()), segments.value_or(at::Tensor())});
    hold(ctx, options);
    return out;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& gradients) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor dy = gradients[0].contiguous();
    variable_list out(2 * kNumTables + 1);
    size_t edge = 0;  // absent tables have none
    for (size_t i = 0; i < kNumTables; ++i) {
      if (!saved[i].defined() || !ctx->needs_input_grad(edge++)) continue;
      GradientTarget target(saved[i]);
      scatter(dy, saved[i + kNumTables], target.buffer(),
              i == 0 ? held<WordOptions>(ctx) : WordOptions{});
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

/// The same for a table that may be absent, one index a token.
void check_other(const at::Tensor& indices, const at::Tensor& table, const at::Tensor& ids,
                 const at::Tensor& words, const std::string& name) {
  if (!table.defined()) return;
  check_table(indices, table, name);
  check_shape(indices, {ids.size(0)}, name);
  check_shape(table, {kAny, words.size(1)}, "table of " + name);
}

at::Tensor contiguous(const at::Tensor& x, const at::Tensor& table) {
  return table.defined() ? x.contiguous() : at::Tensor();
}

}  // namespace

at::Tensor embed(const at::Tensor& ids, const at::Tensor& positions, const at::Tensor& segments,
                 const at::Tensor& words, const at::Tensor& positions_table,
                 const at::Tensor& segments_table, const WordOptions& options) {
  check_table(ids, words, "ids");
  check_other(positions, positions_table, ids, words, "positions");
  check_other(segments, segments_table, ids, words, "segments");
  if (!is_fast(words)) {
    return reference::embed(ids, positions, segments, words, positions_table, segments_table,
                            options);
  }
  return Embed::apply(words.contiguous(), optional(contiguous(positions_table, positions_table)),
                      optional(contiguous(segments_table, segments_table)), ids.contiguous(),
                      optional(contiguous(positions, positions_table)),
                      optional(contiguous(segments, segments_table)), options);
}

}  // namespace finetune::kernels
