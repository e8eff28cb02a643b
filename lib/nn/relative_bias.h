#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>

namespace finetune::nn {

struct RelativeBiasOptions {
  int64_t num_heads = 1;
  int64_t num_buckets = 32;
  int64_t max_distance = 128;    ///< farther keys share the last bucket
  bool is_bidirectional = true;  ///< half of the buckets for keys after the query
};

/// A learned bias of attention scores by the distance of key and query, Raffel et al. 2020 (T5),
/// arXiv:1910.10683, section 2.1: near distances have buckets of their own, farther ones share
/// buckets that grow logarithmically.
///
/// Parameters: bias [num_buckets, H].
class RelativeBias : public torch::nn::Module {
 public:
  explicit RelativeBias(const RelativeBiasOptions& options);

  /// For sequences of at most P tokens: element [h, j - i + P - 1] is the bias of key j of query i.
  /// -> [H, 2P - 1]
  at::Tensor forward(int64_t longest) const;

 private:
  RelativeBiasOptions options_;
  at::Tensor bias_;
};

/// The bucket of each distance (key minus query). int64 [N] -> int64 [N]
at::Tensor relative_buckets(const at::Tensor& distances, const RelativeBiasOptions& options);

}  // namespace finetune::nn
