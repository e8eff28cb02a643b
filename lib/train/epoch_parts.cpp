#include "train/epoch_parts.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace finetune::train {

namespace {

using Batches = std::vector<std::vector<int64_t>>;

/// Batches of `rows` alone.
Batches cut(std::span<const int64_t> rows, std::span<const int64_t> lengths,
            const data::SamplerOptions& sampler, int64_t epoch) {
  std::vector<int64_t> lengths_of_rows;
  for (const int64_t row : rows) lengths_of_rows.push_back(lengths[static_cast<size_t>(row)]);
  Batches batches = data::epoch_batches(lengths_of_rows, sampler, epoch);
  for (auto& batch : batches) {
    for (int64_t& row : batch) row = rows[static_cast<size_t>(row)];
  }
  return batches;
}

/// Takes the rows of the first batches out of `rows`.
void remove_done(std::vector<int64_t>& rows, const Batches& batches, const EpochPart& part) {
  const int64_t num_done = part.groups * part.sampler.gradient_accumulation_steps;
  std::vector<int64_t> done;
  for (size_t i = 0; i < batches.size() && std::cmp_less(i, num_done); ++i)
    done.insert(done.end(), batches[i].begin(), batches[i].end());
  std::ranges::sort(done);
  std::erase_if(rows, [&](int64_t row) { return std::ranges::binary_search(done, row); });
}

}  // namespace

Batches rest_of_epoch(std::span<const int64_t> lengths, const data::SamplerOptions& sampler,
                      int64_t epoch, std::span<const EpochPart> done) {
  std::vector<int64_t> rows(lengths.size());
  std::iota(rows.begin(), rows.end(), 0);
  for (const EpochPart& part : done)
    remove_done(rows, cut(rows, lengths, part.sampler, epoch), part);
  return cut(rows, lengths, sampler, epoch);
}

}  // namespace finetune::train
