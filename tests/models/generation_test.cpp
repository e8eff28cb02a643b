#include "models/generation.h"

#include <ATen/ops/tensor.h>

#include <catch2/catch.hpp>

using finetune::models::logits;
using finetune::models::VocabularyHead;

TEST_CASE("Logits are the hidden states times the head, plus its bias where there is one") {
  VocabularyHead head;
  head.weight = at::tensor({1.0F, 0.0F, 0.0F, 2.0F, 3.0F, -1.0F}).view({3, 2});
  const at::Tensor hidden = at::tensor({5.0F, 7.0F}).view({1, 2});
  CHECK(logits(head, hidden).equal(at::tensor({5.0F, 14.0F, 8.0F}).view({1, 3})));
  head.bias = at::tensor({1.0F, 2.0F, 3.0F});
  CHECK(logits(head, hidden).equal(at::tensor({6.0F, 16.0F, 11.0F}).view({1, 3})));
}
