#include "nn/transformer_block.h"

#include <ATen/ops/index_select.h>

namespace finetune::nn {
namespace {

at::Tensor select(const at::Tensor& x, const at::Tensor& rows) {
  return rows.defined() ? at::index_select(x, 0, rows) : x;
}

}  // namespace

TransformerBlock::TransformerBlock(const TransformerBlockOptions& options, DropoutPlaces& places)
    : attention_(
          register_module("attention", std::make_shared<SelfAttention>(options.attention, places))),
      attention_output_(register_module(
          "attention_output",
          std::make_shared<Linear>(options.attention.width, options.attention.width))),
      attention_norm_(register_module(
          "attention_norm",
          std::make_shared<LayerNorm>(options.attention.width, options.norm_epsilon))),
      feed_forward_(register_module(
          "feed_forward", std::make_shared<FeedForward>(options.attention.width,
                                                        options.inner_width, options.activation))),
      output_norm_(register_module(
          "output_norm",
          std::make_shared<LayerNorm>(options.attention.width, options.norm_epsilon))),
      dropout_probability_(options.dropout_probability),
      attention_place_(places.take()),
      output_place_(places.take()) {}

at::Tensor TransformerBlock::forward(const at::Tensor& x, const kernels::Sequences& sequences,
                                     const Pass& pass, const at::Tensor& rows) const {
  const at::Tensor context = select(attention_->forward(x, sequences, pass), rows);  // [R, D]
  const at::Tensor attended =
      attention_norm_->forward(attention_output_->forward(context), select(x, rows),
                               pass.dropout(dropout_probability_, attention_place_));  // (1) [R, D]
  return output_norm_->forward(feed_forward_->forward(attended), attended,
                               pass.dropout(dropout_probability_, output_place_));  // (2) [R, D]
}

}  // namespace finetune::nn
