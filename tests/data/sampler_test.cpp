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

}  // namespace

TEST_CASE("No row is lost or doubled, whatever the options") {
  for (const int64_t count : {0, 1, 5, 31, 32, 33, 500}) {
    const auto lengths = lengths_of(count);
    for (const bool shuffle : {false, true}) {
      for (const bool group : {false, true}) {
        for (const int64_t tokens : {0, 1, 64, 4096}) {
          data::SamplerOptions options;
          options.shuffle = shuffle;
          options.group_by_length = group;
          options.batch_tokens = tokens;
          const Batches batches = data::epoch_batches(lengths, options, 3);
          auto rows = flat(batches);
          std::sort(rows.begin(), rows.end());
          std::vector<int64_t> all(static_cast<size_t>(count));
          std::iota(all.begin(), all.end(), 0);
          CAPTURE(count, shuffle, group, tokens);
          CHECK(rows == all);
          for (const auto& batch : batches) {
            int64_t sum = 0;
            for (const int64_t row : batch) sum += lengths[static_cast<size_t>(row)];
            REQUIRE_FALSE(batch.empty());
            CHECK((tokens == 0 ? batch.size() <= 32 : sum <= tokens || batch.size() == 1));
          }
        }
      }
    }
  }
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

TEST_CASE("Sizes that make no batch are a bug of the caller") {
  const auto lengths = lengths_of(3);
  data::SamplerOptions options;
  options.batch_size = 0;
  CHECK_THROWS_AS(data::epoch_batches(lengths, options, 0), InternalError);
}
