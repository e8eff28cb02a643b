#include "models/stack_decoder.h"

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include <numeric>

#include "base/error.h"

namespace finetune::models {
namespace {

at::Tensor to_tensor(const std::vector<int64_t>& values) { return at::tensor(values, at::kLong); }

/// 0, 1, ... in each sequence.
at::Tensor positions_in(const kernels::Sequences& sequences) {
  std::vector<int64_t> positions(static_cast<size_t>(sequences.num_tokens()));
  for (size_t b = 1; b < sequences.offsets.size(); ++b) {
    std::iota(positions.begin() + sequences.offsets[b - 1],
              positions.begin() + sequences.offsets[b], int64_t{0});
  }
  return to_tensor(positions);
}

}  // namespace

StackDecoder::StackDecoder(const nn::TransformerStack& stack, Parts parts)
    : stack_(stack),
      parts_(std::move(parts)),
      cache_(stack.num_layers(), stack.key_width(), parts_.source ? &*parts_.source : nullptr) {}

at::Tensor StackDecoder::prefill(const at::Tensor& prompts, const kernels::Sequences& sequences) {
  if (parts_.source && parts_.source->sequences.count() != sequences.count()) {
    throw InternalError("decoding needs one beginning for each source");
  }
  cache_.begin(sequences);
  std::vector<int64_t> last;
  for (size_t b = 1; b < sequences.offsets.size(); ++b) last.push_back(sequences.offsets[b] - 1);
  nn::TokenBatch batch{prompts, positions_in(sequences), at::zeros_like(prompts), sequences};
  return run(batch, to_tensor(last));  // [B, D]
}

at::Tensor StackDecoder::step(std::span<const int64_t> token_ids,
                              std::span<const int64_t> parents) {
  if (token_ids.size() != parents.size()) {
    throw InternalError("decoding needs one parent for each token");
  }
  cache_.advance(parents);
  nn::TokenBatch batch;
  batch.token_ids = to_tensor({token_ids.begin(), token_ids.end()});
  batch.positions = cache_.positions();
  batch.segments = at::zeros_like(batch.token_ids);
  batch.sequences.offsets.resize(token_ids.size() + 1);
  std::iota(batch.sequences.offsets.begin(), batch.sequences.offsets.end(), int64_t{0});
  return run(batch, at::Tensor());  // [R, D]
}

at::Tensor StackDecoder::run(const nn::TokenBatch& batch, const at::Tensor& rows) {
  const c10::NoGradGuard no_grad;
  nn::StackInput input;
  input.rows = rows;
  input.source = parts_.source ? &*parts_.source : nullptr;
  input.cache = &cache_;
  const at::Tensor states = stack_.forward(batch, nn::Pass{}, input);
  return parts_.finish ? parts_.finish(states) : states;
}

}  // namespace finetune::models
