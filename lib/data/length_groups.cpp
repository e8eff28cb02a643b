#include "data/length_groups.h"

#include <algorithm>
#include <numeric>

namespace finetune::data {

int64_t examples_per_update(std::span<const int64_t> lengths, const SamplerOptions& options) {
  int64_t per_batch = options.batch_size;
  if (options.batch_tokens > 0) {
    const int64_t total = std::accumulate(lengths.begin(), lengths.end(), int64_t{0});
    const auto count = static_cast<int64_t>(lengths.size());
    per_batch = total == 0 ? 1 : options.batch_tokens * count / total;
  }
  return std::max<int64_t>(per_batch, 1) * options.gradient_accumulation_steps;
}

std::vector<int64_t> group_by_length(std::span<const int64_t> lengths, std::vector<int64_t> order,
                                     int64_t batch) {
  if (order.empty()) return order;
  const auto count = static_cast<int64_t>(order.size());
  const int64_t multiple = std::clamp<int64_t>(count / (4 * batch), 1, 50);
  const auto chunk = static_cast<std::ptrdiff_t>(multiple * batch);
  const auto length_of = [&](int64_t row) { return lengths[static_cast<size_t>(row)]; };
  auto longest = order.begin();
  for (auto begin = order.begin(); begin != order.end();) {
    const auto end = begin + std::min(chunk, order.end() - begin);
    std::stable_sort(begin, end, [&](int64_t a, int64_t b) { return length_of(a) > length_of(b); });
    if (length_of(*begin) > length_of(*longest)) longest = begin;
    begin = end;
  }
  std::iter_swap(order.begin(), longest);
  return order;
}

}  // namespace finetune::data
