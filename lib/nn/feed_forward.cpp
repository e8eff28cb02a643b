#include "nn/feed_forward.h"

namespace finetune::nn {

FeedForward::FeedForward(const FeedForwardOptions& options, DropoutPlaces& places)
    : options_(options),
      inner_(register_module(
          "inner",
          std::make_shared<Linear>(options.width, (options.is_gated ? 2 : 1) * options.inner_width,
                                   options.has_bias))),
      outer_(register_module(
          "outer", std::make_shared<Linear>(options.inner_width, options.width, options.has_bias))),
      dropout_place_(options.dropout_probability > 0.0F ? places.take() : 0) {}

at::Tensor FeedForward::forward(const at::Tensor& x, const Pass& pass) const {
  const at::Tensor inner = options_.is_gated
                               ? kernels::gated_activation(inner_->forward(x), options_.activation)
                               : inner_->forward(x, options_.activation);  // [N, F]
  return outer_->forward(
      kernels::dropout(inner, pass.dropout(options_.dropout_probability, dropout_place_)));
}

}  // namespace finetune::nn
