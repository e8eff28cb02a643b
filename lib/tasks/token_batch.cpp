#include "tasks/token_batch.h"

#include <ATen/ops/empty.h>

#include <algorithm>

namespace finetune::tasks {

at::Tensor to_tensor(std::span<const int64_t> values) {
  at::Tensor tensor = at::empty({static_cast<int64_t>(values.size())}, at::kLong);
  std::ranges::copy(values, tensor.mutable_data_ptr<int64_t>());
  return tensor;
}

nn::TokenBatch to_token_batch(const data::Batch& batch) {
  return {to_tensor(batch.token_ids), to_tensor(batch.positions), to_tensor(batch.segments),
          kernels::Sequences{batch.offsets}};
}

}  // namespace finetune::tasks
