#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/checks.h"
#include "kernels/ops.h"
#include "kernels/reference.h"
#include "kernels/rows.h"

namespace finetune::kernels {
namespace {

constexpr int64_t kRowsPerTask = 4;

using Slots = std::span<const std::span<const int32_t>>;

void check_slots(const Slots& slots, int64_t num_keys) {
  for (const auto& row : slots) {
    check(!row.empty(), "a row of cached attention needs at least one key");
    const auto [least, most] = std::minmax_element(row.begin(), row.end());
    check(*least >= 0 && *most < num_keys, "a slot of cached attention lies outside the cache");
  }
}

int64_t most_keys(const Slots& slots) {
  size_t most = 0;
  for (const auto& row : slots) most = std::max(most, row.size());
  return static_cast<int64_t>(most);
}

void check_block(const at::Tensor& x, int64_t width) {
  check_shape(x, {kAny, width}, "block");
  check(x.numel() == 0 || x.stride(1) == 1, "columns of cached attention must lie side by side");
}

void check_operands(const at::Tensor& q, const at::Tensor& keys, const at::Tensor& values,
                    Slots slots, const AttentionOptions& options) {
  const int64_t width = q.size(1);
  check_block(q, width);
  check_block(keys, width);
  check_block(values, width);
  check(keys.size(0) == values.size(0) && keys.stride(0) == values.stride(0),
        "cached keys and values must have one layout");
  check(options.num_heads > 0 && width % options.num_heads == 0,
        "the width of an attention must be a multiple of num_heads");
  check(q.size(0) == static_cast<int64_t>(slots.size()),
        "cached attention needs slots for each row");
  check_slots(slots, keys.size(0));
  check(!options.bias.defined() || options.bias.size(1) >= 2 * most_keys(slots) - 1,
        "the bias of an attention must reach over its longest sequence");
}

}  // namespace

at::Tensor cached_attention(const at::Tensor& q, const at::Tensor& keys, const at::Tensor& values,
                            Slots slots, const AttentionOptions& options) {
  check_operands(q, keys, values, slots, options);
  if (!is_fast(q)) return reference::cached_attention(q, keys, values, slots, options);

  const int64_t width = q.size(1);
  const at::Tensor bias = options.bias.defined() ? options.bias.contiguous() : at::Tensor();
  at::Tensor out = at::empty({q.size(0), width}, q.options());
  simd::CachedAttentionRow task;
  task.keys = keys.data_ptr<float>();
  task.values = values.data_ptr<float>();
  task.stride = keys.stride(0);
  task.num_heads = options.num_heads;
  task.head_width = width / options.num_heads;
  task.scale = options.scale.value_or(1.0F / std::sqrt(static_cast<float>(task.head_width)));
  task.bias_stride = bias.defined() ? bias.size(1) : 0;
  at::parallel_for(0, q.size(0), kRowsPerTask, [&](int64_t begin, int64_t end) {
    std::vector<float> scores(static_cast<size_t>(most_keys(slots)));
    simd::CachedAttentionRow row = task;
    for (int64_t r = begin; r < end; ++r) {
      const auto& of_row = slots[static_cast<size_t>(r)];
      row.slots = of_row.data();
      row.count = static_cast<int64_t>(of_row.size());
      row.q = q.data_ptr<float>() + r * q.stride(0);
      row.out = out.data_ptr<float>() + r * width;
      // The query stands at position count - 1: key j is j - (count - 1) from it.
      if (bias.defined()) row.bias = bias.data_ptr<float>() + (bias.size(1) + 1) / 2 - row.count;
      simd::loops().cached_attention(row, scores.data());
    }
  });
  return out;
}

}  // namespace finetune::kernels
