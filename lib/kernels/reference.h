#pragma once

#include <ATen/core/Tensor.h>

#include <span>

#include "kernels/ops.h"
#include "kernels/optimizer_step.h"

/// Every operation of ops.h and optimizer_step.h written out in ATen operations, to be read against
/// the papers. Differentiable by autograd, any floating type, any device: tests hold the fast forms
/// to these, and they run wherever the fast forms do not.
namespace finetune::kernels::reference {

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);
at::Tensor linear_activation(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                             Activation activation);
at::Tensor gated_activation(const at::Tensor& z, Activation activation);
at::Tensor attention(const at::Tensor& qkv, const Sequences& sequences,
                     const AttentionOptions& options);
at::Tensor attention(const at::Tensor& qkv, const Sequences& sequences, int64_t num_heads,
                     Mask mask, const Dropout& dropout);
at::Tensor cross_attention(const at::Tensor& q, const at::Tensor& kv, const Sequences& sequences,
                           const Sequences& key_sequences, const AttentionOptions& options);
at::Tensor cached_attention(const at::Tensor& q, const at::Tensor& keys, const at::Tensor& values,
                            std::span<const std::span<const int32_t>> slots,
                            const AttentionOptions& options);
at::Tensor dropout_add_norm(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& gain,
                            const at::Tensor& shift, double epsilon, const Dropout& dropout);
SumAndNorm dropout_add_then_norm(const at::Tensor& x, const at::Tensor& residual,
                                 const at::Tensor& gain, const at::Tensor& shift, double epsilon,
                                 const Dropout& dropout);
at::Tensor dropout(const at::Tensor& x, const Dropout& dropout);
at::Tensor embed(const at::Tensor& ids, const at::Tensor& positions, const at::Tensor& segments,
                 const at::Tensor& words, const at::Tensor& positions_table,
                 const at::Tensor& segments_table, const WordOptions& options = {});
at::Tensor cross_entropy_sum(const at::Tensor& logits, const at::Tensor& targets, double smoothing);
at::Tensor head_cross_entropy_sum(const at::Tensor& x, const HeadLoss& head,
                                  const at::Tensor& targets);

/// The factors of a mask, 0 or 1 / (1 - p), float [num_rows, num_columns] on the CPU; rows are
/// numbered first_row, first_row + 1, ...
at::Tensor dropout_factors(const Dropout& dropout, int64_t first_row, int64_t num_rows,
                           int64_t num_columns);

/// One element after another, in float as the header states the update.
void adamw_step(std::span<float> parameters, std::span<float> gradients,
                std::span<float> first_moment, std::span<float> second_moment,
                const AdamWScalars& scalars);

}  // namespace finetune::kernels::reference
