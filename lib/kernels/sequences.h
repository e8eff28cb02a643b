#pragma once

#include <cstdint>
#include <vector>

namespace finetune::kernels {

/// Where the sequences of a ragged batch begin and end. Sequence b holds rows [offsets[b],
/// offsets[b+1]).
struct Sequences {
  std::vector<int64_t> offsets;  ///< [B+1], offsets[0] = 0, strictly increasing

  int64_t count() const { return static_cast<int64_t>(offsets.size()) - 1; }
  int64_t num_tokens() const { return offsets.back(); }
};

}  // namespace finetune::kernels
