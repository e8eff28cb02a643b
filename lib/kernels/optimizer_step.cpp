#include "kernels/optimizer_step.h"

#include <algorithm>

#include "kernels/reference.h"

namespace finetune::kernels {

void adamw_step(std::span<float> parameters, std::span<float> gradients,
                std::span<float> first_moment, std::span<float> second_moment,
                const AdamWScalars& scalars) {
  reference::adamw_step(parameters, gradients, first_moment, second_moment, scalars);
}

double sum_of_squares(std::span<const float> values) {
  constexpr size_t kChunk = 1 << 16;
  double total = 0.0;
  for (size_t begin = 0; begin < values.size(); begin += kChunk) {
    double sum = 0.0;
    for (const float value : values.subspan(begin, std::min(kChunk, values.size() - begin))) {
      sum += double{value} * double{value};
    }
    total += sum;
  }
  return total;
}

}  // namespace finetune::kernels
