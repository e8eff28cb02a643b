#include "nn/transformer_block.h"

#include <ATen/ops/add.h>
#include <ATen/ops/index_select.h>

namespace finetune::nn {
namespace {

at::Tensor select(const at::Tensor& x, const at::Tensor& rows) {
  return rows.defined() ? at::index_select(x, 0, rows) : x;
}

std::shared_ptr<LayerNorm> make_norm(const TransformerBlockOptions& options) {
  return std::make_shared<LayerNorm>(options.attention.width, options.norm_epsilon,
                                     options.norm_kind);
}

std::shared_ptr<Linear> make_output(const TransformerBlockOptions& options) {
  return std::make_shared<Linear>(options.attention.key_width(), options.attention.width,
                                  options.has_bias);
}

FeedForwardOptions feed_forward_options(const TransformerBlockOptions& options) {
  return {options.attention.width, options.inner_width, options.activation,
          options.is_gated,        options.has_bias,    options.inner_dropout_probability};
}

/// x + dropout(update) and its norm.
kernels::SumAndNorm sum_and_norm(const LayerNorm& norm, const Residual& state) {
  if (state.update.defined()) return norm.forward_with_sum(state.update, state.x, state.dropout);
  return {state.x, norm.forward(state.x, at::Tensor(), kernels::Dropout{})};
}

}  // namespace

at::Tensor Residual::sum() const {
  return update.defined() ? at::add(x, kernels::dropout(update, dropout)) : x;
}

TransformerBlock::TransformerBlock(const TransformerBlockOptions& options, DropoutPlaces& places,
                                   const TransformerBlock* twin)
    : norm_place_(options.norm_place),
      attention_(register_module(
          "attention", std::make_shared<SelfAttention>(options.attention, places,
                                                       twin ? twin->attention_->qkv() : nullptr))),
      attention_output_(twin ? twin->attention_output_
                             : register_module("attention_output", make_output(options))),
      attention_norm_(twin ? twin->attention_norm_
                           : register_module("attention_norm", make_norm(options))),
      dropout_probability_(options.dropout_probability),
      drops_attention_output_(options.drops_attention_output) {
  if (options.has_cross_attention) {
    cross_attention_ = register_module("cross_attention",
                                       std::make_shared<CrossAttention>(options.attention, places));
    cross_output_ = register_module("cross_output", make_output(options));
    cross_norm_ = register_module("cross_norm", make_norm(options));
    cross_place_ = places.take();
  }
  feed_forward_ =
      twin ? twin->feed_forward_
           : register_module("feed_forward",
                             std::make_shared<FeedForward>(feed_forward_options(options), places));
  output_norm_ = twin ? twin->output_norm_ : register_module("output_norm", make_norm(options));
  attention_place_ = places.take();
  output_place_ = places.take();
}

Residual TransformerBlock::forward(const Residual& state, const BlockContext& context) const {
  return norm_place_ == NormPlace::kAfter ? forward_norms_after(state.sum(), context)
                                          : forward_norms_before(state, context);
}

at::Tensor TransformerBlock::forward(const at::Tensor& x, const kernels::Sequences& sequences,
                                     const Pass& pass, const at::Tensor& rows) const {
  BlockContext context(pass, sequences);
  context.rows = rows;
  return forward({x, at::Tensor(), {}}, context).sum();
}

kernels::Dropout TransformerBlock::attention_dropout(const Pass& pass) const {
  return pass.dropout(drops_attention_output_ ? dropout_probability_ : 0.0F, attention_place_);
}

// Rows that nobody reads afterwards leave behind the last attention.

Residual TransformerBlock::forward_norms_after(const at::Tensor& x,
                                               const BlockContext& context) const {
  const auto drop = [&](uint32_t place) {
    return context.pass.dropout(dropout_probability_, place);
  };
  const at::Tensor none;
  const at::Tensor& rows = cross_attention_ ? none : context.rows;
  const at::Tensor attended = select(attention_->forward(x, context), rows);  // [R, HE]
  at::Tensor y = attention_norm_->forward(attention_output_->forward(attended), select(x, rows),
                                          attention_dropout(context.pass));  // (1) [R, D]
  if (cross_attention_) {
    const at::Tensor read = select(cross_attention_->forward(y, context), context.rows);
    y = cross_norm_->forward(cross_output_->forward(read), select(y, context.rows),
                             drop(cross_place_));  // (1) [R, D]
  }
  const at::Tensor z = output_norm_->forward(feed_forward_->forward(y, context.pass), y,
                                             drop(output_place_));  // (1) [R, D]
  return {z, at::Tensor(), {}};
}

Residual TransformerBlock::forward_norms_before(const Residual& state,
                                                const BlockContext& context) const {
  const auto drop = [&](uint32_t place) {
    return context.pass.dropout(dropout_probability_, place);
  };
  const at::Tensor none;
  const at::Tensor& rows = cross_attention_ ? none : context.rows;
  kernels::SumAndNorm y = sum_and_norm(*attention_norm_, state);
  const at::Tensor attended = select(attention_->forward(y.norm, context), rows);  // [R, HE]
  Residual next{select(y.sum, rows), attention_output_->forward(attended),
                attention_dropout(context.pass)};  // (2) [R, D]
  if (cross_attention_) {
    y = sum_and_norm(*cross_norm_, next);
    const at::Tensor read = select(cross_attention_->forward(y.norm, context), context.rows);
    next = {select(y.sum, context.rows), cross_output_->forward(read), drop(cross_place_)};
  }
  y = sum_and_norm(*output_norm_, next);
  return {y.sum, feed_forward_->forward(y.norm, context.pass), drop(output_place_)};
}

}  // namespace finetune::nn
