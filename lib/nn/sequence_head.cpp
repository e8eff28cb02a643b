#include "nn/sequence_head.h"

#include <ATen/ops/tanh.h>

namespace finetune::nn {

SequenceHead::SequenceHead(const SequenceHeadOptions& options, DropoutPlaces& places)
    : pooler_(register_module("pooler", std::make_shared<Linear>(options.width, options.width))),
      classifier_(register_module("classifier",
                                  std::make_shared<Linear>(options.width, options.num_labels))),
      dropout_probability_(options.dropout_probability),
      dropout_place_(places.take()) {}

at::Tensor SequenceHead::forward(const at::Tensor& x, const Pass& pass) const {
  const at::Tensor pooled = at::tanh(pooler_->forward(x));  // [B, D]
  return classifier_->forward(
      kernels::dropout(pooled, pass.dropout(dropout_probability_, dropout_place_)));
}

}  // namespace finetune::nn
