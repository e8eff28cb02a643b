#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace finetune::decode {

/// The index drawn from softmax(scores) by a uniform number on [0, 1). -infinity is never drawn:
/// nothing where there is nothing else.
std::optional<int32_t> draw(std::span<const float> scores, double uniform);

/// The first index of the largest score.
int32_t argmax(std::span<const float> scores);

/// Standard Gumbel variates -log(-log(u)): the largest of score + noise is a draw from
/// softmax(score), the n largest are n draws without replacement (Kool et al. 2019,
/// arXiv:1903.06059). Variate i is a function of (seed, stream, step, i).
std::vector<float> gumbel_noise(uint64_t seed, uint64_t stream, uint64_t step, size_t count);

/// Number `step` of the uniform numbers on [0, 1) of a continuation.
double uniform_number(uint64_t seed, uint64_t stream, uint64_t continuation, uint64_t step);

}  // namespace finetune::decode
