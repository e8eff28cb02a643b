#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "data/batch.h"
#include "nn/pass.h"

namespace finetune::tasks {

/// int64 [n], a copy.
at::Tensor to_tensor(std::span<const int64_t> values);

/// The tensors of a batch, copied: the batch need not outlive them.
nn::TokenBatch to_token_batch(const data::Batch& batch);

}  // namespace finetune::tasks
