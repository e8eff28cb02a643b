#include "nn/embeddings.h"

#include <ATen/ops/add.h>
#include <ATen/ops/empty.h>

#include "base/error.h"
#include "base/strings.h"
#include "kernels/ops.h"

namespace finetune::nn {
namespace {

void check_lengths(const TokenBatch& batch) {
  const int64_t num_tokens = batch.sequences.num_tokens();
  for (const at::Tensor* index : {&batch.token_ids, &batch.positions, &batch.segments}) {
    if (index->dim() == 1 && index->size(0) == num_tokens) continue;
    throw InternalError(base::cat("batch: an index tensor does not hold one entry for each of the ",
                                  num_tokens, " tokens"));
  }
}

}  // namespace

Embeddings::Embeddings(const EmbeddingsOptions& options, DropoutPlaces& places)
    : words_(register_parameter("words", at::empty({options.vocab_size, options.width}))),
      positions_(
          register_parameter("positions", at::empty({options.num_positions, options.width}))),
      norm_(register_module("norm",
                            std::make_shared<LayerNorm>(options.width, options.norm_epsilon))),
      first_position_(options.first_position),
      dropout_probability_(options.dropout_probability),
      dropout_place_(places.take()) {
  if (options.num_segments == 0) return;
  segments_ = register_parameter("segments", at::empty({options.num_segments, options.width}));
}

at::Tensor Embeddings::forward(const TokenBatch& batch, const Pass& pass) const {
  check_lengths(batch);
  const at::Tensor positions =
      first_position_ == 0 ? batch.positions : at::add(batch.positions, first_position_);
  const at::Tensor sum = kernels::embed(batch.token_ids, positions, batch.segments, words_,
                                        positions_, segments_);                     // [N, D]
  const at::Tensor normed = norm_->forward(sum, at::Tensor(), kernels::Dropout{});  // [N, D]
  return kernels::dropout(normed, pass.dropout(dropout_probability_, dropout_place_));
}

}  // namespace finetune::nn
