#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <span>
#include <vector>

/// What choosing the next token needs of scores over a vocabulary: without gradients, fp32 on the
/// CPU.
namespace finetune::kernels {

/// log(sum(exp(row))) of each row; NaN where a row holds NaN or +infinity or -infinity only.
/// scores [R, V], contiguous
std::vector<float> log_sums(const at::Tensor& scores);

/// The same, and scores become log-probabilities: score - log sum.
std::vector<float> log_softmax_in_place(const at::Tensor& scores);

/// The first index from `begin` on with scores[index] + offset > threshold; scores.size() where
/// there is none.
size_t next_above(std::span<const float> scores, size_t begin, float offset, float threshold);

/// The first index of the largest score.
size_t argmax(std::span<const float> scores);

}  // namespace finetune::kernels
