#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/sequences.h"
#include "nn/decoder_cache.h"
#include "nn/pass.h"

namespace finetune::nn {

/// What the layers of a stack read beside the states that run through them.
struct BlockContext {
  BlockContext(const Pass& p, const kernels::Sequences& s) : pass(p), sequences(s) {}

  const Pass& pass;
  const kernels::Sequences& sequences;
  const Source* source = nullptr;  ///< of cross-attention
  at::Tensor relative_bias;        ///< of self-attention: kernels::AttentionOptions::bias
  DecoderCache* cache = nullptr;   ///< decoding token by token: keys and values of earlier tokens
  size_t layer = 0;                ///< number of the layer in its stack
  at::Tensor rows;  ///< int64 [R], the only rows that are read afterwards; all where undefined
};

}  // namespace finetune::nn
