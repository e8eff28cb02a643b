#include "tasks/encoder_similarity.h"

#include <ATen/ops/linalg_vector_norm.h>

#include "metrics/mean.h"

namespace finetune::tasks {

namespace {

constexpr double kLeastNorm = 1e-12;

double mean_cosine(const at::Tensor& states) {
  const auto count = static_cast<double>(states.size(0));
  const at::Tensor norms = at::linalg_vector_norm(states, 2, {1}, /*keepdim=*/true);
  const at::Tensor sum = states.div(norms.clamp_min(kLeastNorm)).sum(0);  // [D]
  return (sum.dot(sum).item<double>() - count) / (count * (count - 1.0));
}

}  // namespace

std::optional<double> encoder_similarity(const at::Tensor& states,
                                         const kernels::Sequences& sequences) {
  metrics::Mean mean;
  const at::Tensor exact = states.to(at::kDouble);
  for (size_t b = 0; b + 1 < sequences.offsets.size(); ++b) {
    const int64_t begin = sequences.offsets[b];
    const int64_t length = sequences.offsets[b + 1] - begin;
    if (length > 1) mean.add(mean_cosine(exact.narrow(0, begin, length)), 1);
  }
  return mean.value();
}

}  // namespace finetune::tasks
