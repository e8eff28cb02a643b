#include "tasks/token_batch.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <vector>

namespace finetune::tasks {

namespace {

at::Tensor to_tensor(const std::vector<int64_t>& values) {
  at::Tensor tensor = at::empty({static_cast<int64_t>(values.size())}, at::kLong);
  std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<int64_t>());
  return tensor;
}

}  // namespace

nn::TokenBatch to_token_batch(const data::Batch& batch) {
  return {to_tensor(batch.token_ids), to_tensor(batch.positions), to_tensor(batch.segments),
          kernels::Sequences{batch.offsets}};
}

}  // namespace finetune::tasks
