#include "nn/embeddings.h"

#include <ATen/ops/add.h>
#include <ATen/ops/empty.h>

#include <cmath>

#include "base/error.h"
#include "base/strings.h"
#include "kernels/ops.h"

namespace finetune::nn {
namespace {

void check_length(const at::Tensor& index, int64_t num_tokens) {
  if (index.defined() && index.dim() == 1 && index.size(0) == num_tokens) return;
  throw InternalError(base::cat("batch: an index tensor does not hold one entry for each of the ",
                                num_tokens, " tokens"));
}

/// Vaswani et al. 2017, section 3.5, the sines of a row before its cosines:
/// sin(n / 10000^(2i/D)) at i, cos of the same at ceil(D/2) + i.
at::Tensor sinusoids(int64_t num_positions, int64_t width) {
  at::Tensor table = at::empty({num_positions, width});
  auto* out = table.data_ptr<float>();
  const int64_t num_sines = (width + 1) / 2;
  for (int64_t n = 0; n < num_positions; ++n) {
    for (int64_t d = 0; d < width; ++d) {
      const int64_t i = d < num_sines ? d : d - num_sines;
      const double exponent = static_cast<double>(2 * i) / static_cast<double>(width);
      const double angle = static_cast<double>(n) / std::pow(10000.0, exponent);
      *out++ = static_cast<float>(d < num_sines ? std::sin(angle) : std::cos(angle));
    }
  }
  return table;
}

}  // namespace

Embeddings::Embeddings(const EmbeddingsOptions& options, DropoutPlaces& places,
                       const at::Tensor& shared_words)
    : options_(options), words_(shared_words), dropout_place_(places.take()) {
  if (!words_.defined()) {
    words_ = register_parameter("words", at::empty({options.vocab_size, options.width}));
  }
  if (options.positions == PositionKind::kLearned) {
    positions_ = register_parameter("positions", at::empty({options.num_positions, options.width}));
  } else if (options.positions == PositionKind::kSinusoidal) {
    positions_ = sinusoids(options.num_positions, options.width);
  }
  if (options.has_norm) {
    norm_ =
        register_module("norm", std::make_shared<LayerNorm>(options.width, options.norm_epsilon));
  }
  if (options.num_segments == 0) return;
  segments_ = register_parameter("segments", at::empty({options.num_segments, options.width}));
}

at::Tensor Embeddings::forward(const TokenBatch& batch, const Pass& pass) const {
  const int64_t num_tokens = batch.sequences.num_tokens();
  check_length(batch.token_ids, num_tokens);
  if (positions_.defined()) check_length(batch.positions, num_tokens);
  if (segments_.defined()) check_length(batch.segments, num_tokens);
  const at::Tensor positions = options_.first_position == 0 || !positions_.defined()
                                   ? batch.positions
                                   : at::add(batch.positions, options_.first_position);
  const kernels::WordOptions words{static_cast<float>(options_.word_scale), options_.frozen_word};
  const at::Tensor sum = kernels::embed(batch.token_ids, positions, batch.segments, words_,
                                        positions_, segments_, words);  // [N, D]
  const at::Tensor normed =
      norm_ ? norm_->forward(sum, at::Tensor(), kernels::Dropout{}) : sum;  // [N, D]
  return kernels::dropout(normed, pass.dropout(options_.dropout_probability, dropout_place_));
}

}  // namespace finetune::nn
