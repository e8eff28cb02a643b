#include "nn/relative_bias.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/clamp_max.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/log.h>
#include <ATen/ops/where.h>

#include <cmath>

namespace finetune::nn {

RelativeBias::RelativeBias(const RelativeBiasOptions& options)
    : options_(options),
      bias_(register_parameter("bias", at::empty({options.num_buckets, options.num_heads}))) {}

at::Tensor RelativeBias::forward(int64_t longest) const {
  const at::Tensor distances = at::arange(1 - longest, longest, at::kLong);  // [2P - 1]
  return at::index_select(bias_, 0, relative_buckets(distances, options_)).t().contiguous();
}

// Single precision and the order of operations decide where buckets begin: both are the
// reference's.
at::Tensor relative_buckets(const at::Tensor& distances, const RelativeBiasOptions& options) {
  const int64_t num_buckets =
      options.is_bidirectional ? options.num_buckets / 2 : options.num_buckets;
  const int64_t num_exact = num_buckets / 2;
  const at::Tensor is_after = distances > 0;
  const at::Tensor steps =
      options.is_bidirectional ? at::abs(distances) : -at::clamp_max(distances, 0);
  const double range =
      std::log(static_cast<double>(options.max_distance) / static_cast<double>(num_exact));
  const at::Tensor ratio = steps.to(at::kFloat) / static_cast<double>(num_exact);
  // Steps below num_exact have no use for their logarithm, which may be that of 0.
  const at::Tensor far = at::log(at::clamp(ratio, 1.0)) / range * (num_buckets - num_exact);
  const at::Tensor bucket = at::where(
      steps < num_exact, steps, at::clamp_max(far.to(at::kLong) + num_exact, num_buckets - 1));
  return options.is_bidirectional ? bucket + is_after.to(at::kLong) * num_buckets : bucket;
}

}  // namespace finetune::nn
