#include "nn/sequence_head.h"

namespace finetune::nn {
SequenceHead::SequenceHead(const SequenceHeadOptions& options, DropoutPlaces& places)
    : pooler_(register_module("pooler", std::make_shared<Linear>(options.width, options.width))),
      classifier_(register_module("classifier",
                                  std::make_shared<Linear>(options.width, options.num_labels))),
      pooling_(options.pooling),
      dropout_probability_(options.dropout_probability),
      dropout_place_(places.take()) {
  if (options.drops_input) input_place_ = places.take();
}

at::Tensor SequenceHead::forward(const at::Tensor& x, const Pass& pass) const {
  const auto drop = [&](const at::Tensor& values, uint32_t place) {
    return kernels::dropout(values, pass.dropout(dropout_probability_, place));
  };
  const at::Tensor state = input_place_ ? drop(x, *input_place_) : x;  // [B, D]
  const at::Tensor pooled = pooler_->forward(state, pooling_);         // [B, D]
  return classifier_->forward(drop(pooled, dropout_place_));           // [B, C]
}

}  // namespace finetune::nn
