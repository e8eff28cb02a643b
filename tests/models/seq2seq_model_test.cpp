#include "models/seq2seq_model.h"

#include <catch2/catch.hpp>

using finetune::models::decoder_inputs;

TEST_CASE("Decoder inputs are the labels shifted right behind the start id") {
  const std::vector<int64_t> labels = {7, 8, 2};
  CHECK(decoder_inputs(labels, 5) == std::vector<int64_t>{5, 7, 8});
  CHECK(decoder_inputs({}, 5).empty());
}
