#include "decode/sampling.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "kernels/vocabulary.h"

namespace finetune::decode {

using base::RandomStream;
using base::StreamPurpose;

int32_t argmax(std::span<const float> scores) {
  return static_cast<int32_t>(kernels::argmax(scores));
}

std::optional<int32_t> draw(std::span<const float> scores, double uniform) {
  const auto largest = static_cast<double>(scores[static_cast<size_t>(argmax(scores))]);
  if (std::isinf(largest)) return std::nullopt;
  double sum = 0.0;
  for (const float score : scores) sum += std::exp(score - largest);
  double left = uniform * sum;
  size_t last = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    const double weight = std::exp(scores[i] - largest);
    if (weight == 0.0) continue;
    last = i;
    left -= weight;
    if (left < 0.0) break;
  }
  return static_cast<int32_t>(last);
}

std::vector<float> gumbel_noise(uint64_t seed, uint64_t stream, uint64_t step, size_t count) {
  const RandomStream random(seed, StreamPurpose::kGeneration, stream, step);
  std::vector<float> noise(count);
  for (size_t i = 0; i < count; ++i) {
    // 1 - u is on (0, 1]; its logarithm may be 0, which gives +infinity: the next double below
    // does.
    const double u = std::min(1.0 - random.uniform(i), std::nextafter(1.0, 0.0));
    noise[i] = static_cast<float>(-std::log(-std::log(u)));
  }
  return noise;
}

double uniform_number(uint64_t seed, uint64_t stream, uint64_t continuation, uint64_t step) {
  return RandomStream(seed, StreamPurpose::kGeneration, stream, continuation).uniform(step);
}

}  // namespace finetune::decode
