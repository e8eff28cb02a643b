#include "nn/feed_forward.h"

namespace finetune::nn {

FeedForward::FeedForward(int64_t width, int64_t inner_width, kernels::Activation activation)
    : inner_(register_module("inner", std::make_shared<Linear>(width, inner_width))),
      outer_(register_module("outer", std::make_shared<Linear>(inner_width, width))),
      activation_(activation) {}

at::Tensor FeedForward::forward(const at::Tensor& x) const {
  return outer_->forward(inner_->forward(x, activation_));  // [N, F] -> [N, D]
}

}  // namespace finetune::nn
