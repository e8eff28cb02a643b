#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

#include "kernels/sequences.h"

namespace finetune::tasks {

/// How alike an encoder's outputs h are at different positions i, j of one text of n tokens, the
/// mean over the texts of
///
///   mean of cos(h_i, h_j) over i != j  =  (|sum_i h_i / |h_i||^2 - n) / (n (n - 1))
///
/// Near 1 the encoder has collapsed: whatever a decoder attends to, it reads the same. states
/// [N, D]. Nothing where no text has two tokens.
std::optional<double> encoder_similarity(const at::Tensor& states,
                                         const kernels::Sequences& sequences);

/// Above this an encoder counts as collapsed.
inline constexpr double kCollapsedSimilarity = 0.995;

}  // namespace finetune::tasks
