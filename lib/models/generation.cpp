#include "models/generation.h"

#include "kernels/ops.h"

namespace finetune::models {

at::Tensor logits(const VocabularyHead& head, const at::Tensor& hidden) {
  return kernels::linear(hidden, head.weight, head.bias);
}

}  // namespace finetune::models
