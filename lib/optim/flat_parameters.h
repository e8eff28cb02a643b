#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace finetune::optim {

struct FlatEntry {
  std::string name;
  at::Tensor value;  ///< after construction a view of the flat buffer
  bool is_decayed = true;
};

/// All trainable parameters of a model in one fp32 buffer, their gradients in another. Each
/// parameter becomes a view (begun on a 64-byte boundary, the gap kept at zero) and its .grad() a
/// view of the gradient buffer, into which autograd accumulates in place. Decayed parameters come
/// first, so that each decay group is one span. Frozen parameters are left out by the caller.
///
/// The tensors handed in are the module's own: they keep their identity and get new storage.
/// Throws ConfigError when there is nothing to train; InternalError for a tensor that is no fp32
/// CPU leaf requiring gradients, a name given twice, or one tensor given under two names.
class FlatParameters {
 public:
  explicit FlatParameters(std::vector<FlatEntry> entries);

  std::span<float> values();
  std::span<float> gradients();
  int64_t num_decayed() const;     ///< elements of values() before this index are decayed
  int64_t num_parameters() const;  ///< real parameters, gaps not counted
  const std::vector<FlatEntry>& entries() const;  ///< in the order of the buffers
  std::vector<int64_t> begins() const;  ///< index of each entry's first element in the flat buffers

 private:
  std::vector<FlatEntry> entries_;
  std::vector<int64_t> begins_;
  at::Tensor values_;
  at::Tensor gradients_;
  int64_t num_decayed_ = 0;
};

}  // namespace finetune::optim
