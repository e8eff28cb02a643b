#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/sampler.h"

namespace finetune::data {

/// Examples of one optimizer update: the batch of the grouping. With a token budget, as many as fit
/// into it on average.
int64_t examples_per_update(std::span<const int64_t> lengths, const SamplerOptions& options);

/// Hugging Face's get_length_grouped_indices (transformers 4.57.6) for a given permutation `order`:
/// cut into chunks of mult * batch with mult = min(n / (4 * batch), 50), at least 1; each chunk
/// sorted longest first (equal lengths keep their order); the longest example of all swapped to the
/// front.
std::vector<int64_t> group_by_length(std::span<const int64_t> lengths, std::vector<int64_t> order,
                                     int64_t batch);

}  // namespace finetune::data
