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

/// AdamW over flat parameters (Loshchilov and Hutter 2019; kernels/optimizer_step.h), with the
/// clipping of torch's clip_grad_norm_:
///
///   g <- scale * min(1, max_grad_norm / (|scale * g| + 1e-6)) * g
///
/// The l2 term is added after clipping, so `gradient_norm` is that of the task's loss alone.
class AdamW {
 public:
  /// `parameters` must outlive the optimiser.
  AdamW(FlatParameters& parameters, const AdamWOptions& options);

  /// L2 norm of gradient * scale over all parameters, before clipping. The same for any number of
  /// threads.
  double gradient_norm(double scale) const;

  /// One update with gradients multiplied by `scale` (1 / number of targets), clipped by
  /// `gradient_norm`; leaves gradients at zero. Non-finite norms are the caller's to refuse.
  void step(double learning_rate, double scale, double gradient_norm);

  int64_t num_updates() const { return num_updates_; }

  /// Moments by parameter name ("exp_avg.<name>", "exp_avg_sq.<name>"), F32 views of the live
  /// buffers in the parameter's shape.
  tensors::NamedTensors state() const;

  /// Puts a state back. Throws CheckpointError with complete lists of missing, unexpected and
  /// misshaped tensors; nothing is changed then.
  void load_state(const tensors::NamedTensors& state, int64_t num_updates);

 private:
  FlatParameters& parameters_;
  AdamWOptions options_;
  at::Tensor first_moment_;
  at::Tensor second_moment_;
  int64_t num_updates_ = 0;
};

}  // namespace finetune::optim
