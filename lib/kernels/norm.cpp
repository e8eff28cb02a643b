#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "kernels/checks.h"
#include "kernels/gradients.h"
#include "kernels/ops.h"
#include "kernels/reference.h"
#include "kernels/rows.h"

namespace finetune::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

void check_dropout(const Dropout& dropout) {
  check(dropout.probability >= 0.0F && dropout.probability < 1.0F,
        "a dropout probability must lie in [0, 1)");
}

/// The stream of an active dropout; one that keeps everything of another.
DropoutStream stream_of(const Dropout& dropout) {
  return dropout.is_active() ? DropoutStream(dropout) : DropoutStream();
}

at::Tensor apply_mask(const at::Tensor& x, const DropoutStream& stream) {
  at::Tensor y = at::empty_like(x);
  const int64_t width = x.dim() == 0 ? 1 : x.size(-1);
  if (x.numel() == 0) return y;
  const simd::DropoutRows rows{x.data_ptr<float>(), y.data_ptr<float>(), width, stream};
  for_rows(x.numel() / width,
           [&](int64_t begin, int64_t end) { simd::loops().dropout(rows, begin, end); });
  return y;
}

struct DropoutFunction : torch::autograd::Function<DropoutFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const Dropout& dropout) {
    const DropoutStream stream(dropout);
    hold(ctx, stream);
    return apply_mask(x, stream);
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& gradients) {
    return {apply_mask(gradients[0].contiguous(), held<DropoutStream>(ctx)), at::Tensor()};
  }
};

struct NormPlan {
  DropoutStream dropout;
  bool has_residual = false;
  double epsilon = 0.0;
  bool gives_sum = false;  ///< the sum beside its norm
};

/// {norm} or {norm, sum}.
struct DropoutAddNorm : torch::autograd::Function<DropoutAddNorm> {
  static variable_list forward(AutogradContext* ctx, const at::Tensor& x,
                               const std::optional<at::Tensor>& residual, const at::Tensor& gain,
                               const std::optional<at::Tensor>& shift, const NormPlan& plan) {
    at::Tensor y = at::empty_like(x);
    const at::Tensor normalized = at::empty_like(x);
    const at::Tensor inverse_deviation = at::empty({x.size(0)}, x.options());
    simd::NormForward rows;
    rows.x = x.data_ptr<float>();
    rows.residual = residual ? residual->data_ptr<float>() : nullptr;
    rows.gain = gain.data_ptr<float>();
    rows.shift = shift ? shift->data_ptr<float>() : nullptr;
    at::Tensor sum = plan.gives_sum ? at::empty_like(x) : at::Tensor();
    rows.sum = plan.gives_sum ? sum.data_ptr<float>() : nullptr;
    rows.y = y.data_ptr<float>();
    rows.normalized = normalized.data_ptr<float>();
    rows.inverse_deviation = inverse_deviation.data_ptr<float>();
    rows.width = x.size(1);
    rows.epsilon = static_cast<float>(plan.epsilon);
    rows.dropout = plan.dropout;
    for_rows(x.size(0),
             [&](int64_t begin, int64_t end) { simd::loops().norm_forward(rows, begin, end); });
    ctx->save_for_backward({normalized, inverse_deviation, gain, shift.value_or(at::Tensor())});
    ctx->set_materialize_grads(false);
    hold(ctx, plan);
    return plan.gives_sum ? variable_list{y, sum} : variable_list{y};
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& gradients) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor dy = gradients[0].defined()
                              ? gradients[0].contiguous()
                              : at::zeros_like(saved[0]);  // only the sum is read
    at::Tensor dresidual = at::empty_like(dy);
    simd::NormBackward rows;
    const auto plan = held<NormPlan>(ctx);
    rows.dropout = plan.dropout;
    rows.is_rms = !saved[3].defined();
    at::Tensor dsum;
    if (plan.gives_sum && gradients[1].defined()) {
      dsum = gradients[1].contiguous();
      rows.dsum = dsum.data_ptr<float>();
    }
    at::Tensor dx = rows.dropout.threshold > 0 ? at::empty_like(dy) : dresidual;
    rows.dy = dy.data_ptr<float>();
    rows.normalized = saved[0].data_ptr<float>();
    rows.inverse_deviation = saved[1].data_ptr<float>();
    rows.gain = saved[2].data_ptr<float>();
    rows.dresidual = dresidual.data_ptr<float>();
    rows.dx = rows.dropout.threshold > 0 ? dx.data_ptr<float>() : nullptr;
    rows.width = dy.size(1);
    const at::Tensor sums = at::zeros({2, rows.width}, dy.options());  // of gain, of shift
    sum_over_rows(dy.size(0), sums, [rows](int64_t begin, int64_t end, float* chunk_sums) {
      simd::NormBackward chunk = rows;
      chunk.sums = chunk_sums;
      simd::loops().norm_backward(chunk, begin, end);
    });
    return {dx, plan.has_residual ? dresidual : at::Tensor(),
            parameter_gradient(saved[2], sums.data_ptr<float>()),
            parameter_gradient(saved[3], sums.data_ptr<float>() + rows.width), at::Tensor()};
  }

  /// What autograd gets for gain or shift, which may be undefined.
  static at::Tensor parameter_gradient(const at::Tensor& parameter, const float* sums) {
    if (!parameter.defined()) return parameter;
    GradientTarget target(parameter);
    simd::loops().add(target.buffer().data_ptr<float>(), sums, parameter.numel());
    return target.returned();
  }
};

void check_norm(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& gain,
                const at::Tensor& shift) {
  check_shape(x, {kAny, kAny}, "x");
  check_shape(gain, {x.size(1)}, "gain");
  if (shift.defined()) check_shape(shift, {x.size(1)}, "shift");
  if (residual.defined()) check_shape(residual, {x.size(0), x.size(1)}, "residual");
}

at::Tensor contiguous(const at::Tensor& x) { return x.defined() ? x.contiguous() : x; }

}  // namespace

at::Tensor dropout(const at::Tensor& x, const Dropout& dropout) {
  check_dropout(dropout);
  if (!dropout.is_active()) return x;
  if (!is_fast(x)) return reference::dropout(x, dropout);
  return DropoutFunction::apply(x.contiguous(), dropout);
}

at::Tensor dropout_add_norm(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& gain,
                            const at::Tensor& shift, double epsilon, const Dropout& dropout) {
  check_dropout(dropout);
  check_norm(x, residual, gain, shift);
  if (!is_fast(x)) return reference::dropout_add_norm(x, residual, gain, shift, epsilon, dropout);
  return DropoutAddNorm::apply(x.contiguous(), optional(contiguous(residual)), gain.contiguous(),
                               optional(contiguous(shift)),
                               NormPlan{stream_of(dropout), residual.defined(), epsilon, false})[0];
}

SumAndNorm dropout_add_then_norm(const at::Tensor& x, const at::Tensor& residual,
                                 const at::Tensor& gain, const at::Tensor& shift, double epsilon,
                                 const Dropout& dropout) {
  check_dropout(dropout);
  check_norm(x, residual, gain, shift);
  if (!is_fast(x)) {
    return reference::dropout_add_then_norm(x, residual, gain, shift, epsilon, dropout);
  }
  const variable_list out = DropoutAddNorm::apply(
      x.contiguous(), optional(contiguous(residual)), gain.contiguous(),
      optional(contiguous(shift)), NormPlan{stream_of(dropout), residual.defined(), epsilon, true});
  return {out[1], out[0]};
}

}  // namespace finetune::kernels
