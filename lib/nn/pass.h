#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/dropout.h"
#include "kernels/sequences.h"

namespace finetune::nn {

/// A ragged batch as the models take it.
struct TokenBatch {
  at::Tensor token_ids;  ///< int64 [N]
  at::Tensor positions;  ///< int64 [N]
  at::Tensor segments;   ///< int64 [N]
  kernels::Sequences sequences;
};

/// What one forward pass needs beside its input: whether it trains, and the key of its dropout
/// masks.
struct Pass {
  bool is_training = false;
  uint64_t dropout_seed = 0;
  uint64_t dropout_step = 0;

  /// The mask of dropout number `place` of the model; inactive outside training.
  kernels::Dropout dropout(float probability, uint32_t place) const {
    return {is_training ? probability : 0.0F, dropout_seed, dropout_step, place};
  }
};

/// The encoded text that cross-attention reads.
struct Source {
  at::Tensor states;             ///< [M, D]
  kernels::Sequences sequences;  ///< of the source tokens
};

/// Hands out the dropout places of one model while it is being built: no two layers share a mask.
struct DropoutPlaces {
  uint32_t next = 0;
  uint32_t take() { return next++; }
};

}  // namespace finetune::nn
