#pragma once

#include <cstdint>
#include <vector>

#include "text/aligned_text.h"

namespace finetune::text {

/// Tokens of one text before post-processing. `offsets` is filled only when asked for.
struct TokenBuffer {
  std::vector<int32_t> ids;
  std::vector<CharRange> offsets;

  void resize(size_t size, bool with_offsets) {
    ids.resize(size);
    if (with_offsets) offsets.resize(size);
  }
  void clear() { resize(0, true); }
};

}  // namespace finetune::text
