#include "train/plan.h"

#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include "optim/schedule.h"

namespace finetune::train {
namespace {

data::SamplerOptions sampler(int64_t batch_size, int64_t accumulation) {
  data::SamplerOptions options;
  options.batch_size = batch_size;
  options.gradient_accumulation_steps = accumulation;
  return options;
}

// transformers 4.57.6: ceil(ceil(1000 / 16) / 4) = 16 updates an epoch.
TEST_CASE("updates are counted as Hugging Face's Trainer counts them") {
  const std::vector<int64_t> lengths(1000, 10);
  CHECK(count_updates(lengths, sampler(16, 4), {3.0, 0}) == 48);
  CHECK(count_updates(lengths, sampler(16, 4), {0.5, 0}) == 8);
  CHECK(count_updates(lengths, sampler(16, 1), {3.0, 0}) == 189);
  CHECK(count_updates(lengths, sampler(2000, 1), {2.0, 0}) == 2);
}

TEST_CASE("a limit in steps holds with and without one in epochs") {
  const std::vector<int64_t> lengths(100, 10);
  CHECK(count_updates(lengths, sampler(10, 1), {3.0, 7}) == 7);
  CHECK(count_updates(lengths, sampler(10, 1), {3.0, 70}) == 30);
  CHECK(count_updates(lengths, sampler(10, 1), {std::numeric_limits<double>::infinity(), 70}) ==
        70);
  CHECK(count_updates(lengths, sampler(10, 1), {std::numeric_limits<double>::infinity(), 0}) ==
        optim::kNoLimit);
}

TEST_CASE("with a token budget every epoch counts its own batches") {
  std::vector<int64_t> lengths;
  for (int64_t i = 0; i < 100; ++i) lengths.push_back(1 + i % 17);
  data::SamplerOptions options = sampler(1, 2);
  options.batch_tokens = 64;
  int64_t expected = 0;
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    expected +=
        num_groups(static_cast<int64_t>(data::epoch_batches(lengths, options, epoch).size()), 2);
  }
  CHECK(count_updates(lengths, options, {3.0, 0}) == expected);
}

TEST_CASE("warm-up is rounded up to whole updates") {
  CHECK(warmup_updates({Warmup::Unit::kFraction, 0.06}, 100, 10) == 6);
  CHECK(warmup_updates({Warmup::Unit::kFraction, 0.061}, 100, 10) == 7);
  CHECK(warmup_updates({Warmup::Unit::kEpochs, 0.5}, 100, 9) == 5);
  CHECK(warmup_updates({Warmup::Unit::kSteps, 12.0}, 100, 10) == 12);
}

}  // namespace
}  // namespace finetune::train
