#include "tasks/token_batch.h"

#include <catch2/catch.hpp>

namespace finetune::tasks {
namespace {

TEST_CASE("tensors of a batch hold its values and outlive it") {
  nn::TokenBatch tensors;
  {
    data::Batch batch;
    batch.token_ids = {5, 6, 7};
    batch.positions = {0, 1, 0};
    batch.segments = {0, 1, 0};
    batch.offsets = {0, 2, 3};
    tensors = to_token_batch(batch);
  }
  CHECK(tensors.token_ids.sizes() == at::IntArrayRef{3});
  CHECK(tensors.token_ids[2].item<int64_t>() == 7);
  CHECK(tensors.positions[1].item<int64_t>() == 1);
  CHECK(tensors.segments[1].item<int64_t>() == 1);
  CHECK(tensors.sequences.offsets == std::vector<int64_t>{0, 2, 3});
}

}  // namespace
}  // namespace finetune::tasks
