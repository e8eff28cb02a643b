#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <span>

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

/// y = activation(x W^T + b).  x [N, I], weight [O, I], bias [O] or undefined -> [N, O]
at::Tensor linear_activation(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                             Activation activation);

/// activation(a) * b, elementwise, of z = [a, b] side by side (Shazeer 2020, arXiv:2002.05202).
/// z [N, 2F] -> [N, F]
at::Tensor gated_activation(const at::Tensor& z, Activation activation);

enum class Mask { kBidirectional, kCausal };

/// What tells one attention from another.
struct AttentionOptions {
  int64_t num_heads = 1;
  Mask mask = Mask::kBidirectional;
  Dropout dropout;
  std::optional<float> scale;  ///< of the scores; 1 / sqrt(D / H) where absent
  at::Tensor bias;  ///< [H, 2P - 1] or undefined: key j of query i gets bias[h, j - i + P - 1]; P
                    ///< is at least the length of the longest sequence
};

/// Multi-head attention inside each sequence; dropout acts on the probabilities.
///   softmax(scale q k^T + bias) v
/// qkv [N, 3D] holds q, k, v side by side, each [N, H, D / H] -> [N, D]
at::Tensor attention(const at::Tensor& qkv, const Sequences& sequences,
                     const AttentionOptions& options);

/// The same, sequence b of the queries reading sequence b of the keys. q [N, D], kv [M, 2D] holds
/// k, v side by side -> [N, D]. Throws InternalError for a causal mask.
at::Tensor cross_attention(const at::Tensor& q, const at::Tensor& kv, const Sequences& sequences,
                           const Sequences& key_sequences, const AttentionOptions& options);

/// One new token for each row, without gradients: row r attends to rows slots[r] of keys and values
/// [S, D], given in the order of their positions; with a bias it stands at the last of them.
/// q [R, D]; q, keys and values may be column blocks of wider matrices, keys and values of one
/// stride -> [R, D]
at::Tensor cached_attention(const at::Tensor& q, const at::Tensor& keys, const at::Tensor& values,
                            std::span<const std::span<const int32_t>> slots,
                            const AttentionOptions& options);

/// attention() with the usual scale and no bias.
at::Tensor attention(const at::Tensor& qkv, const Sequences& sequences, int64_t num_heads,
                     Mask mask, const Dropout& dropout);

/// LayerNorm(residual + dropout(x)) * gain + shift over the last dimension (Ba et al. 2016); biased
/// variance. Without a shift it is RMS norm (Zhang and Sennrich 2019): no mean is taken off.
/// x, residual [N, D] (residual may be undefined: LayerNorm(dropout(x))); gain, shift [D] -> [N, D]
at::Tensor dropout_add_norm(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& gain,
                            const at::Tensor& shift, double epsilon, const Dropout& dropout);

/// The same for norms before the sublayers, which also hand on the sum: {residual + dropout(x), its
/// norm}.
struct SumAndNorm {
  at::Tensor sum;
  at::Tensor norm;
};
SumAndNorm dropout_add_then_norm(const at::Tensor& x, const at::Tensor& residual,
                                 const at::Tensor& gain, const at::Tensor& shift, double epsilon,
                                 const Dropout& dropout);

/// dropout(x), same shape.
at::Tensor dropout(const at::Tensor& x, const Dropout& dropout);

/// words[ids] + positions_table[positions] + segments_table[segments]; the last two tables may be
/// undefined. ids, positions, segments int64 [N]; tables [V, D], [P, D], [G, D] -> [N, D].
/// Gradients touch only the rows read. Throws InternalError for an index outside its table.
struct WordOptions {
  float scale = 1.0F;   ///< of the rows of `words`
  int64_t frozen = -1;  ///< an id whose row gets no gradient here (torch's padding_idx)
};
at::Tensor embed(const at::Tensor& ids, const at::Tensor& positions, const at::Tensor& segments,
                 const at::Tensor& words, const at::Tensor& positions_table,
                 const at::Tensor& segments_table, const WordOptions& options = {});

/// Sum over rows of the cross-entropy of softmax(logits) with the target class; rows with target <
/// 0 are skipped. `smoothing` as torch's label_smoothing. logits [N, C], targets int64 [N] ->
/// scalar. The caller counts the targets.
at::Tensor cross_entropy_sum(const at::Tensor& logits, const at::Tensor& targets,
                             double smoothing = 0.0);

/// The same for logits = x W^T + bias that never exist all at once: the gradients of a block of
/// rows are computed while its logits are in the cache. x [N, D], weight [V, D], bias [V] or
/// undefined, targets int64 [N] -> scalar. What the gradients need beside the arguments is one more
/// [V, D].
struct HeadLoss {
  at::Tensor weight;
  at::Tensor bias;
  double smoothing = 0.0;
};
at::Tensor head_cross_entropy_sum(const at::Tensor& x, const HeadLoss& head,
                                  const at::Tensor& targets);

}  // namespace finetune::kernels
