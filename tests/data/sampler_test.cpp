#include "data/sampler.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "data/length_groups.h"
#include "data_files.h"

namespace {

using namespace finetune;
using Batches = std::vector<std::vector<int64_t>>;

std::vector<int64_t> lengths_of(int64_t count) {
  const base::RandomStream stream(1, base::StreamPurpose::kBootstrap);
  std::vector<int64_t> lengths;
  for (int64_t i = 0; i < count; ++i) {
    lengths.push_back(2 + static_cast<int64_t>(stream.below(static_cast<uint64_t>(i), 60)));
  }
  return lengths;
}

std::vector<int64_t> flat(const Batches& batches) {
  std::vector<int64_t> rows;
  for (const auto& batch : batches) rows.insert(rows.end(), batch.begin(), batch.end());
  return rows;
}

/// A batch is never empty and keeps its limit; a single example may exceed the token budget.
bool fits(const std::vector<int64_t>& batch, const std::vector<int64_t>& lengths,
          const data::SamplerOptions& options) {
  if (options.batch_tokens == 0) return !batch.empty() && batch.size() <= 32;
  int64_t num_tokens = 0;
  for (const int64_t row : batch) num_tokens += lengths[static_cast<size_t>(row)];
  return batch.size() == 1 || (!batch.empty() && num_tokens <= options.batch_tokens);
}

}  // namespace

TEST_CASE("No row is lost or doubled, whatever the options") {
  const auto count = GENERATE(0, 1, 5, 31, 32, 33, 500);
  data::SamplerOptions options;
  options.shuffle = GENERATE(false, true);
  options.group_by_length = GENERATE(false, true);
  options.batch_tokens = GENERATE(0, 1, 64, 4096);
  CAPTURE(count, options.shuffle, options.group_by_length, options.batch_tokens);
  const auto lengths = lengths_of(count);
  const Batches batches = data::epoch_batches(lengths, options, 3);
  auto rows = flat(batches);
  std::sort(rows.begin(), rows.end());
  std::vector<int64_t> all(static_cast<size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  CHECK(rows == all);
  for (const auto& batch : batches) CHECK(fits(batch, lengths, options));
}

TEST_CASE("The order follows from seed and epoch alone") {
  const auto lengths = lengths_of(200);
  data::SamplerOptions options;
  const Batches first = data::epoch_batches(lengths, options, 0);
  CHECK(first == data::epoch_batches(lengths, options, 0));
  CHECK(first != data::epoch_batches(lengths, options, 1));
  options.seed = 43;
  CHECK(first != data::epoch_batches(lengths, options, 0));
}

TEST_CASE("Grouped batches are the groups of the epoch's permutation, cut in order") {
  const auto lengths = lengths_of(1000);
  data::SamplerOptions options;
  options.batch_size = 4;
  options.gradient_accumulation_steps = 2;
  const auto permutation =
      base::random_permutation(1000, base::RandomStream(42, base::StreamPurpose::kDataOrder, 5));
  const Batches batches = data::epoch_batches(lengths, options, 5);
  CHECK(flat(batches) == data::group_by_length(lengths, permutation, 8));
  CHECK(lengths[static_cast<size_t>(batches[0][0])] ==
        *std::max_element(lengths.begin(), lengths.end()));
  options.group_by_length = false;
  CHECK(flat(data::epoch_batches(lengths, options, 5)) == permutation);
}

TEST_CASE("Without shuffling rows keep their order, and the last batch is what is left") {
  const auto lengths = lengths_of(10);
  data::SamplerOptions options;
  options.shuffle = false;
  options.batch_size = 4;
  CHECK(data::epoch_batches(lengths, options, 0) == Batches{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9}});
}

TEST_CASE("A token budget is filled greedily; a longer example stands alone") {
  const std::vector<int64_t> lengths{4, 4, 3, 20, 1, 9, 2};
  data::SamplerOptions options;
  options.shuffle = false;
  options.batch_tokens = 10;
  CHECK(data::epoch_batches(lengths, options, 0) == Batches{{0, 1}, {2}, {3}, {4, 5}, {6}});
}

TEST_CASE("Grouped batches by token budget come in random order, the longest example first") {
  const auto lengths = lengths_of(1000);
  data::SamplerOptions options;
  options.batch_tokens = 100;
  const Batches batches = data::epoch_batches(lengths, options, 2);
  CHECK(batches == data::epoch_batches(lengths, options, 2));
  const auto longest = [&](const std::vector<int64_t>& batch) {
    int64_t most = 0;
    for (const int64_t row : batch) most = std::max(most, lengths[static_cast<size_t>(row)]);
    return most;
  };
  CHECK(longest(batches[0]) == *std::max_element(lengths.begin(), lengths.end()));
  int64_t num_rising = 0;
  for (size_t i = 1; i + 1 < batches.size(); ++i)
    num_rising += longest(batches[i]) < longest(batches[i + 1]) ? 1 : 0;
  CHECK(num_rising >
        static_cast<int64_t>(batches.size()) / 4);  // in groups it never rises but once
}

TEST_CASE("Sizes that make no batch are a bug of the caller") {
  const auto lengths = lengths_of(3);
  data::SamplerOptions options;
  options.batch_size = 0;
  CHECK_THROWS_AS(data::epoch_batches(lengths, options, 0), InternalError);
}
