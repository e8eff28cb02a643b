#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/activation.h"
#include "kernels/dropout.h"
#include "kernels/sequences.h"

/// The operations that models are made of. Each is differentiable (one autograd node), takes
/// contiguous fp32 tensors, and has a plain ATen form in kernels/reference.h that tests hold it to.
/// Letters: N tokens, B sequences, D width, H heads, I inputs, O outputs, V rows of a table, C
/// classes.
///
/// A weight that is a leaf with a defined gradient gets its gradient added in place (no temporary);
/// otherwise the gradient is returned to autograd as usual.
namespace finetune::kernels {

/// y = x W^T + b.  x [N, I], weight [O, I], bias [O] or undefined -> [N, O]
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

/// y = activation(x W^T + b).  x [N, I], weight [O, I], bias [O] -> [N, O]
at::Tensor linear_activation(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                             Activation activation);

enum class Mask { kBidirectional, kCausal };

/// Multi-head scaled dot-product attention inside each sequence; dropout acts on the probabilities.
///   softmax(q k^T / sqrt(D / H)) v
/// qkv [N, 3D] holds q, k, v side by side, each [N, H, D / H] -> [N, D]
at::Tensor attention(const at::Tensor& qkv, const Sequences& sequences, int64_t num_heads,
                     Mask mask, const Dropout& dropout);

/// LayerNorm(residual + dropout(x)) * gain + shift over the last dimension (Ba et al. 2016); biased
/// variance. x, residual [N, D] (residual may be undefined: LayerNorm(dropout(x))); gain, shift [D]
/// -> [N, D]
at::Tensor dropout_add_norm(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& gain,
                            const at::Tensor& shift, double epsilon, const Dropout& dropout);

/// dropout(x), same shape.
at::Tensor dropout(const at::Tensor& x, const Dropout& dropout);

/// words[ids] + positions_table[positions] + segments_table[segments]; the last table may be
/// undefined. ids, positions, segments int64 [N]; tables [V, D], [P, D], [S, D] -> [N, D].
/// Gradients touch only the rows read. Throws InternalError for an index outside its table.
at::Tensor embed(const at::Tensor& ids, const at::Tensor& positions, const at::Tensor& segments,
                 const at::Tensor& words, const at::Tensor& positions_table,
                 const at::Tensor& segments_table);

/// Sum over rows of the cross-entropy of softmax(logits) with the target class; rows with target <
/// 0 are skipped. `smoothing` as torch's label_smoothing. logits [N, C], targets int64 [N] ->
/// scalar. The caller counts the targets.
at::Tensor cross_entropy_sum(const at::Tensor& logits, const at::Tensor& targets,
                             double smoothing = 0.0);

}  // namespace finetune::kernels
