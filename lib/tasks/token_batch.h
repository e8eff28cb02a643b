#pragma once

#include "data/batch.h"
#include "nn/pass.h"

namespace finetune::tasks {

/// The tensors of a batch, copied: the batch need not outlive them.
nn::TokenBatch to_token_batch(const data::Batch& batch);

}  // namespace finetune::tasks
