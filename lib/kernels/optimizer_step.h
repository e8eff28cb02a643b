#pragma once

#include <cstdint>
#include <span>

namespace finetune::kernels {

/// Scalars of one AdamW update (Loshchilov and Hutter 2019, torch.optim.AdamW):
///   g' = clip * g + l2 * p;  p -= lr * weight_decay * p
///   m = beta1 m + (1 - beta1) g';  v = beta2 v + (1 - beta2) g'^2
///   p -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
struct AdamWScalars {
  float clip = 1.0F;
  float learning_rate = 0.0F;
  double beta1 = 0.9;  ///< double: 1 - beta2 would lose five digits in float
  double beta2 = 0.999;
  float epsilon = 1e-8F;
  float weight_decay = 0.0F;  ///< decoupled
  float l2 = 0.0F;            ///< coupled
  int64_t update_number = 1;  ///< t, from 1
};

/// One pass over flat buffers of equal length; gradients are left at zero. Deterministic for a
/// fixed thread count (element-wise, so for any).
void adamw_step(std::span<float> parameters, std::span<float> gradients,
                std::span<float> first_moment, std::span<float> second_moment,
                const AdamWScalars& scalars);

/// Sum of squares in double, over fixed chunks added in order: the same for any number of threads.
double sum_of_squares(std::span<const float> values);

}  // namespace finetune::kernels
