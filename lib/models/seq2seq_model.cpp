#include "models/seq2seq_model.h"

#include <algorithm>

namespace finetune::models {

std::vector<int64_t> decoder_inputs(std::span<const int64_t> labels, int64_t decoder_start) {
  std::vector<int64_t> inputs(labels.size());
  if (inputs.empty()) return inputs;
  inputs.front() = decoder_start;
  std::copy(labels.begin(), labels.end() - 1, inputs.begin() + 1);
  return inputs;
}

}  // namespace finetune::models
