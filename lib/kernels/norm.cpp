#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>

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
};

struct DropoutAddNorm : torch::autograd::Function<DropoutAddNorm> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x,
                            const std::optional<at::Tensor>& residual, const at::Tensor& gain,
                            const at::Tensor& shift, double epsilon, const Dropout& dropout) {
    at::Tensor y = at::empty_like(x);
    const at::Tensor normalized = at::empty_like(x);
    const at::Tensor inverse_deviation = at::empty({x.size(0)}, x.options());
    simd::NormForward rows;
    rows.x = x.data_ptr<float>();
    rows.residual = residual ? residual->data_ptr<float>() : nullptr;
    rows.gain = gain.data_ptr<float>();
    rows.shift = shift.data_ptr<float>();
    rows.y = y.data_ptr<float>();
    rows.normalized = normalized.data_ptr<float>();
    rows.inverse_deviation = inverse_deviation.data_ptr<float>();
    rows.width = x.size(1);
    rows.epsilon = static_cast<float>(epsilon);
    if (dropout.is_active()) rows.dropout = DropoutStream(dropout);
    for_rows(x.size(0),
             [&](int64_t begin, int64_t end) { simd::loops().norm_forward(rows, begin, end); });
    ctx->save_for_backward({normalized, inverse_deviation, gain, shift});
    hold(ctx, NormPlan{rows.dropout, residual.has_value()});
    return y;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& gradients) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor dy = gradients[0].contiguous();
    at::Tensor dresidual = at::empty_like(dy);
    simd::NormBackward rows;
    const auto plan = held<NormPlan>(ctx);
    rows.dropout = plan.dropout;
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
    GradientTarget gain(saved[2]);
    GradientTarget shift(saved[3]);
    simd::loops().add(gain.buffer().data_ptr<float>(), sums.data_ptr<float>(), rows.width);
    simd::loops().add(shift.buffer().data_ptr<float>(), sums.data_ptr<float>() + rows.width,
                      rows.width);
    return {dx,
            plan.has_residual ? dresidual : at::Tensor(),
            gain.returned(),
            shift.returned(),
            at::Tensor(),
            at::Tensor()};
  }
};

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
  check_shape(x, {kAny, kAny}, "x");
  check_shape(gain, {x.size(1)}, "gain");
  check_shape(shift, {x.size(1)}, "shift");
  if (residual.defined()) check_shape(residual, {x.size(0), x.size(1)}, "residual");
  if (!is_fast(x)) return reference::dropout_add_norm(x, residual, gain, shift, epsilon, dropout);
  return DropoutAddNorm::apply(x.contiguous(),
                               optional(residual.defined() ? residual.contiguous() : residual),
                               gain.contiguous(), shift.contiguous(), epsilon, dropout);
}

}  // namespace finetune::kernels
