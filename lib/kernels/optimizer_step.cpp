#include "kernels/optimizer_step.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/checks.h"
#include "kernels/simd/loops.h"
#if defined(FINETUNE_CUDA)
#include "kernels/cuda/device.h"
#endif

namespace finetune::kernels {
namespace {

/// Fixed chunks, so that neither the vector tails nor the order of a sum depend on the threads.
constexpr int64_t kChunk = 1 << 16;

template <class Body>
void for_chunks(int64_t count, const Body& body) {
  at::parallel_for(0, (count + kChunk - 1) / kChunk, 1, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      body(c, c * kChunk, std::min(kChunk, count - c * kChunk));
    }
  });
}

}  // namespace

void adamw_step(std::span<float> parameters, std::span<float> gradients,
                std::span<float> first_moment, std::span<float> second_moment,
                const AdamWScalars& scalars) {
  check(gradients.size() == parameters.size() && first_moment.size() == parameters.size() &&
            second_moment.size() == parameters.size(),
        "AdamW needs four buffers of one length");
  check(scalars.update_number >= 1, "AdamW counts its updates from 1");
  const auto t = static_cast<double>(scalars.update_number);
  const double first_correction = 1.0 - std::pow(scalars.beta1, t);
  const double second_correction = 1.0 - std::pow(scalars.beta2, t);
  simd::AdamWBlock all;
  all.step_size = static_cast<float>(scalars.learning_rate / first_correction);
  all.inverse_correction = static_cast<float>(1.0 / std::sqrt(second_correction));
  all.clip = scalars.clip;
  all.l2 = scalars.l2;
  all.shrink = 1.0F - scalars.learning_rate * scalars.weight_decay;
  all.first_keep = static_cast<float>(scalars.beta1);
  all.first_take = static_cast<float>(1.0 - scalars.beta1);
  all.second_keep = static_cast<float>(scalars.beta2);
  all.second_take = static_cast<float>(1.0 - scalars.beta2);
  all.epsilon = scalars.epsilon;
  all.parameters = parameters.data();
  all.gradients = gradients.data();
  all.first_moment = first_moment.data();
  all.second_moment = second_moment.data();
  all.count = static_cast<int64_t>(parameters.size());
#if defined(FINETUNE_CUDA)
  if (cuda::is_on_device(all.parameters)) return cuda::adamw(all);
#endif
  for_chunks(all.count, [&](int64_t, int64_t at, int64_t count) {
    simd::AdamWBlock block = all;
    block.parameters += at;
    block.gradients += at;
    block.first_moment += at;
    block.second_moment += at;
    block.count = count;
    simd::loops().adamw(block);
  });
}

double sum_of_squares(std::span<const float> values) {
  const auto count = static_cast<int64_t>(values.size());
#if defined(FINETUNE_CUDA)
  if (cuda::is_on_device(values.data())) return cuda::sum_of_squares(values.data(), count);
#endif
  std::vector<double> sums(static_cast<size_t>((count + kChunk - 1) / kChunk));
  for_chunks(count, [&](int64_t chunk, int64_t at, int64_t size) {
    sums[static_cast<size_t>(chunk)] = simd::loops().sum_of_squares(values.data() + at, size);
  });
  double total = 0.0;
  for (const double sum : sums) total += sum;
  return total;
}

}  // namespace finetune::kernels
