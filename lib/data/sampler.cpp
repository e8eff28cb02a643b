#include "data/sampler.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/random.h"
#include "data/length_groups.h"

namespace finetune::data {
namespace {

int64_t length_of(std::span<const int64_t> lengths, int64_t row) {
  return lengths[static_cast<size_t>(row)];
}

std::vector<int64_t> epoch_order(std::span<const int64_t> lengths, const SamplerOptions& options,
                                 int64_t epoch) {
  const auto count = static_cast<int64_t>(lengths.size());
  if (!options.shuffle) {
    std::vector<int64_t> order(lengths.size());
    std::iota(order.begin(), order.end(), 0);
    return order;
  }
  auto order = base::random_permutation(
      count, base::RandomStream(options.seed, base::StreamPurpose::kDataOrder,
                                static_cast<uint64_t>(epoch)));
  if (!options.group_by_length) return order;
  return group_by_length(lengths, std::move(order), examples_per_update(lengths, options));
}

std::vector<std::vector<int64_t>> cut_by_count(const std::vector<int64_t>& order, int64_t size) {
  std::vector<std::vector<int64_t>> batches;
  for (auto begin = order.begin(); begin != order.end();) {
    const auto end = begin + std::min<std::ptrdiff_t>(size, order.end() - begin);
    batches.emplace_back(begin, end);
    begin = end;
  }
  return batches;
}

std::vector<std::vector<int64_t>> cut_by_tokens(const std::vector<int64_t>& order,
                                                std::span<const int64_t> lengths, int64_t budget) {
  std::vector<std::vector<int64_t>> batches;
  int64_t num_tokens = 0;
  for (const int64_t row : order) {
    num_tokens += length_of(lengths, row);
    if (batches.empty() || num_tokens > budget) {
      batches.emplace_back();
      num_tokens = length_of(lengths, row);
    }
    batches.back().push_back(row);
  }
  return batches;
}

/// Groups by length come longest first; batches of them come in random order, but for the first one
/// of all, with the longest example: memory runs out at once or never.
void shuffle_batches(std::vector<std::vector<int64_t>>& batches, uint64_t seed, int64_t epoch) {
  const auto count = static_cast<int64_t>(batches.size()) - 1;
  if (count < 2) return;
  const auto order =
      base::random_permutation(count, base::RandomStream(seed, base::StreamPurpose::kDataOrder,
                                                         static_cast<uint64_t>(epoch), /*b=*/1));
  std::vector<std::vector<int64_t>> shuffled;
  shuffled.reserve(batches.size());
  shuffled.push_back(std::move(batches.front()));
  for (const int64_t index : order)
    shuffled.push_back(std::move(batches[static_cast<size_t>(index) + 1]));
  batches = std::move(shuffled);
}

}  // namespace

std::vector<std::vector<int64_t>> epoch_batches(std::span<const int64_t> lengths,
                                                const SamplerOptions& options, int64_t epoch) {
  if (options.gradient_accumulation_steps < 1 || options.batch_tokens < 0 ||
      (options.batch_tokens == 0 && options.batch_size < 1)) {
    throw InternalError("epoch_batches: batch size and accumulation must be at least 1");
  }
  const std::vector<int64_t> order = epoch_order(lengths, options, epoch);
  if (options.batch_tokens == 0) return cut_by_count(order, options.batch_size);
  auto batches = cut_by_tokens(order, lengths, options.batch_tokens);
  if (options.shuffle && options.group_by_length) shuffle_batches(batches, options.seed, epoch);
  return batches;
}

}  // namespace finetune::data
