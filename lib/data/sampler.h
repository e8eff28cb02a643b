#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace finetune::data {

/// How one epoch is cut into batches.
struct SamplerOptions {
  uint64_t seed = 42;
  int64_t batch_size = 32;  ///< examples per micro-batch; ignored when batch_tokens > 0
  int64_t batch_tokens =
      0;  ///< at most this many tokens per micro-batch (a longer example stands alone)
  int64_t gradient_accumulation_steps =
      1;  ///< micro-batches per update: enters the grouping chunk as in Hugging Face
  bool shuffle = true;
  bool group_by_length = true;

  bool operator==(const SamplerOptions&) const = default;
};

/// The micro-batches of epoch `epoch`, in order: a pure function of its arguments, so that resuming
/// needs only (epoch, position). `lengths[i]` is the token count of row i. Grouping by length is
/// Hugging Face's (LengthGroupedSampler): chunks of mult * batch_size * accumulation of a random
/// permutation, each sorted longest first, the longest example of all in front; mult = min(n / (4 *
/// batch), 50), at least 1. Batches by token budget, which Hugging Face does not have, come in
/// random order behind the one with the longest example.
std::vector<std::vector<int64_t>> epoch_batches(std::span<const int64_t> lengths,
                                                const SamplerOptions& options, int64_t epoch);

}  // namespace finetune::data
