#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "optim/flat_parameters.h"
#include "tensors/named_tensors.h"

namespace finetune::optim {

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.0;   ///< decoupled; on decayed parameters only
  double l2 = 0.0;             ///< coupled: l2/2 * |p|^2 added to the loss, decayed parameters only
  double max_grad_norm = 1.0;  ///< 0: no clipping
};

/// AdamW over flat parameters (kernels/optimizer_step.h).
class AdamW {
 public:
  AdamW(FlatParameters& parameters, const AdamWOptions& options);

  /// L2 norm of gradient * scale over all parameters, before clipping.
  double gradient_norm(double scale) const;

  /// One update with gradients multiplied by `scale` (1 / number of targets), clipped by
  /// `gradient_norm`; leaves gradients at zero.
  void step(double learning_rate, double scale, double gradient_norm);

  int64_t num_updates() const;

  /// Moments by parameter name ("exp_avg.<name>", "exp_avg_sq.<name>", views) and back.
  tensors::NamedTensors state() const;
  void load_state(const tensors::NamedTensors& state, int64_t num_updates);
};

}  // namespace finetune::optim
