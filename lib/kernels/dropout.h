#pragma once

#include <cstdint>

namespace finetune::kernels {

/// Names one dropout mask. The mask is a pure function of (seed, step, place, element index): it is
/// recomputed in the backward pass, never stored, and the same on one thread or ten.
struct Dropout {
  float probability =
      0.0F;  ///< chance that an element is zeroed; the others are scaled by 1 / (1 - probability)
  uint64_t seed = 0;
  uint64_t step = 0;   ///< number of the micro-batch since the start of the run
  uint32_t place = 0;  ///< which dropout of the model, unique within one forward pass

  bool is_active() const { return probability > 0.0F; }
};

}  // namespace finetune::kernels
