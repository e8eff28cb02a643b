#include <ATen/ops/empty_like.h>

#include "kernels/checks.h"
#include "kernels/gradients.h"
#include "kernels/matrix_product.h"
#include "kernels/ops.h"
#include "kernels/reference.h"
#include "kernels/rows.h"

namespace finetune::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr size_t kX = 0;
constexpr size_t kWeight = 1;
constexpr size_t kBias = 2;

/// Gradients of x and weight where y = x W^T; adds the weight's in place where it may.
void matrix_gradients(AutogradContext* ctx, const variable_list& saved, const at::Tensor& dy,
                      variable_list& out) {
  const at::Tensor& x = saved[kX];
  const at::Tensor& weight = saved[kWeight];
  if (ctx->needs_input_grad(kX)) out[kX] = matrix_product(dy, weight);  // [N, I]
  if (ctx->needs_input_grad(kWeight)) {
    GradientTarget target(weight);
    add_matrix_product(target.buffer(), dy.t(), x);  // [O, I]
    out[kWeight] = target.returned();
  }
}

struct Linear : torch::autograd::Function<Linear> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& weight,
                            const std::optional<at::Tensor>& bias) {
    const at::Tensor b = bias.value_or(at::Tensor());
    ctx->save_for_backward({x, weight, b});
    return matrix_product(x, weight.t(), b);
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& gradients) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor dy = gradients[0].contiguous();
    variable_list out(3);
    matrix_gradients(ctx, saved, dy, out);
    if (saved[kBias].defined() && ctx->needs_input_grad(kBias)) {
      GradientTarget target(saved[kBias]);
      sum_over_rows(dy.size(0), target.buffer(), [&](int64_t begin, int64_t end, float* sums) {
        simd::loops().column_sums({dy.data_ptr<float>(), sums, dy.size(1)}, begin, end);
      });
      out[kBias] = target.returned();
    }
    return out;
  }
};

simd::ActivationRows activation_rows(const at::Tensor& z, const at::Tensor& bias,
                                     Activation activation) {
  simd::ActivationRows rows;
  rows.z = z.data_ptr<float>();
  rows.bias = bias.defined() ? bias.data_ptr<float>() : nullptr;
  rows.width = z.size(1);
  rows.activation = activation;
  return rows;
}

struct LinearActivation : torch::autograd::Function<LinearActivation> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& weight,
                            const std::optional<at::Tensor>& given, Activation activation) {
    const at::Tensor bias = given.value_or(at::Tensor());
    const at::Tensor z = matrix_product(x, weight.t());  // [N, O], bias not yet added
    at::Tensor y = at::empty_like(z);
    simd::ActivationRows rows = activation_rows(z, bias, activation);
    rows.out = y.data_ptr<float>();
    for_rows(z.size(0), [&](int64_t begin, int64_t end) {
      simd::loops().activation_forward(rows, begin, end);
    });
    ctx->save_for_backward({x, weight, bias, z});
    hold(ctx, activation);
    return y;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& gradients) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor& z = saved[3];
    const at::Tensor dy = gradients[0].contiguous();
    const at::Tensor dz = at::empty_like(z);
    simd::ActivationRows rows = activation_rows(z, saved[kBias], held<Activation>(ctx));
    rows.dy = dy.data_ptr<float>();
    rows.out = dz.data_ptr<float>();
    variable_list out(4);
    if (saved[kBias].defined()) {
      GradientTarget bias(saved[kBias]);
      sum_over_rows(z.size(0), bias.buffer(), [rows](int64_t begin, int64_t end, float* sums) {
        simd::ActivationRows chunk = rows;
        chunk.sums = sums;
        simd::loops().activation_backward(chunk, begin, end);
      });
      out[kBias] = bias.returned();
    } else {
      for_rows(z.size(0), [&](int64_t begin, int64_t end) {
        simd::loops().activation_backward(rows, begin, end);
      });
    }
    matrix_gradients(ctx, saved, dz, out);
    return out;
  }
};

void check_linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  check_shape(weight, {kAny, kAny}, "weight");
  check_shape(x, {kAny, weight.size(1)}, "x");
  if (bias.defined()) check_shape(bias, {weight.size(0)}, "bias");
}

}  // namespace

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  check_linear(x, weight, bias);
  if (!is_fast(x)) return reference::linear(x, weight, bias);
  return Linear::apply(x.contiguous(), weight, optional(bias));
}

at::Tensor linear_activation(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                             Activation activation) {
  check_linear(x, weight, bias);
  if (!is_fast(x)) return reference::linear_activation(x, weight, bias, activation);
  return LinearActivation::apply(x.contiguous(), weight,
                                 optional(bias.defined() ? bias.contiguous() : bias), activation);
}

}  // namespace finetune::kernels
