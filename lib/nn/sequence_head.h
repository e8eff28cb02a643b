#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>
#include <optional>

#include "nn/linear.h"
#include "nn/pass.h"

namespace finetune::nn {

struct SequenceHeadOptions {
  int64_t width = 0;
  int64_t num_labels = 2;
  kernels::Activation pooling = kernels::Activation::kTanh;  ///< between the two layers
  bool drops_input = false;  ///< dropout before the pooler too (RoBERTa, ELECTRA)
  float dropout_probability = 0.0F;
};

/// Scores whole sequences from the state of one token each, Devlin et al. 2019:
///
///   scores = classifier(dropout(pooling(pooler(x))))
///
/// Parameters: pooler (D -> D), classifier (D -> C).
/// Shapes: x [B, D] -> [B, C].
class SequenceHead : public torch::nn::Module {
 public:
  SequenceHead(const SequenceHeadOptions& options, DropoutPlaces& places);

  at::Tensor forward(const at::Tensor& x, const Pass& pass) const;

 private:
  std::shared_ptr<Linear> pooler_;
  std::shared_ptr<Linear> classifier_;
  kernels::Activation pooling_;
  float dropout_probability_;
  uint32_t dropout_place_;
  std::optional<uint32_t> input_place_;
};

}  // namespace finetune::nn
