#include "train/epoch_parts.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

namespace finetune::train {
namespace {

using Batches = std::vector<std::vector<int64_t>>;

std::vector<int64_t> lengths_of(int64_t count) {
  std::vector<int64_t> lengths;
  for (int64_t i = 0; i < count; ++i) lengths.push_back(2 + i * 7 % 23);
  return lengths;
}

void append(std::vector<int64_t>& rows, const Batches& batches, size_t count) {
  for (size_t i = 0; i < std::min(count, batches.size()); ++i)
    rows.insert(rows.end(), batches[i].begin(), batches[i].end());
}

data::SamplerOptions sampler_of(int64_t batch_size, int64_t accumulation, int64_t batch_tokens,
                                bool groups) {
  return {7, batch_size, batch_tokens, accumulation, true, groups};
}

TEST_CASE("an epoch without a past is the sampler's own") {
  const auto lengths = lengths_of(50);
  const auto sampler = sampler_of(8, 1, 0, true);
  CHECK(rest_of_epoch(lengths, sampler, 3, {}) == data::epoch_batches(lengths, sampler, 3));
}

TEST_CASE("whatever batches an epoch is made of, it meets every row once") {
  const auto lengths = lengths_of(103);
  const data::SamplerOptions ways[] = {sampler_of(8, 1, 0, true), sampler_of(3, 2, 0, false),
                                       sampler_of(16, 1, 0, false), sampler_of(8, 1, 40, true)};
  std::vector<EpochPart> done;
  std::vector<int64_t> rows;
  for (const data::SamplerOptions& way : ways) {
    const Batches batches = rest_of_epoch(lengths, way, 1, done);
    constexpr int64_t kGroups = 3;
    append(rows, batches, static_cast<size_t>(kGroups * way.gradient_accumulation_steps));
    done.push_back({way, kGroups});
  }
  const Batches last = rest_of_epoch(lengths, ways[0], 1, done);
  append(rows, last, last.size());
  std::ranges::sort(rows);
  std::vector<int64_t> all(lengths.size());
  std::iota(all.begin(), all.end(), 0);
  CHECK(rows == all);
}

TEST_CASE("an epoch that is done leaves nothing") {
  const auto lengths = lengths_of(10);
  const auto sampler = sampler_of(4, 1, 0, true);
  CHECK(rest_of_epoch(lengths, sampler, 0, std::vector<EpochPart>{{sampler, 3}}).empty());
  CHECK(rest_of_epoch(lengths, sampler, 0, std::vector<EpochPart>{{sampler, 9}}).empty());
}

}  // namespace
}  // namespace finetune::train
