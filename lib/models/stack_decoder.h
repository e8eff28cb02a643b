#pragma once

#include <functional>
#include <optional>

#include "models/generation.h"
#include "nn/decoder_cache.h"
#include "nn/transformer_stack.h"

namespace finetune::models {

/// Token by token through a stack of layers: the incremental decoder of every family.
class StackDecoder final : public IncrementalDecoder {
 public:
  struct Parts {
    std::optional<nn::Source> source;  ///< of cross-attention
    /// What is done to the stack's states before the head; empty: nothing.
    std::function<at::Tensor(const at::Tensor&)> finish;
  };

  /// `stack` must outlive it.
  StackDecoder(const nn::TransformerStack& stack, Parts parts);

  at::Tensor prefill(const at::Tensor& prompts, const kernels::Sequences& sequences) override;
  at::Tensor step(std::span<const int64_t> token_ids, std::span<const int64_t> parents) override;

 private:
  at::Tensor run(const nn::TokenBatch& batch, const at::Tensor& rows);

  const nn::TransformerStack& stack_;
  Parts parts_;
  nn::DecoderCache cache_;
};

}  // namespace finetune::models
