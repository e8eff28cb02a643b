#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include "kernels/checks.h"
#include "kernels/gradients.h"
#include "kernels/ops.h"
#include "kernels/reference.h"
#include "kernels/rows.h"

namespace finetune::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct GatedActivation : torch::autograd::Function<GatedActivation> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& z, Activation activation) {
    simd::GatedRows rows;
    rows.width = z.size(1) / 2;
    rows.activation = activation;
    at::Tensor y = at::empty({z.size(0), rows.width}, z.options());
    rows.z = z.data_ptr<float>();
    rows.out = y.data_ptr<float>();
    for_rows(z.size(0),
             [&](int64_t begin, int64_t end) { simd::loops().gated_forward(rows, begin, end); });
    ctx->save_for_backward({z});
    hold(ctx, activation);
    return y;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& gradients) {
    const at::Tensor z = ctx->get_saved_variables()[0];
    const at::Tensor dy = gradients[0].contiguous();
    at::Tensor dz = at::empty_like(z);
    simd::GatedRows rows;
    rows.width = z.size(1) / 2;
    rows.activation = held<Activation>(ctx);
    rows.z = z.data_ptr<float>();
    rows.dy = dy.data_ptr<float>();
    rows.out = dz.data_ptr<float>();
    for_rows(z.size(0),
             [&](int64_t begin, int64_t end) { simd::loops().gated_backward(rows, begin, end); });
    return {dz, at::Tensor()};
  }
};

}  // namespace

at::Tensor gated_activation(const at::Tensor& z, Activation activation) {
  check_shape(z, {kAny, kAny}, "z");
  check(z.size(1) % 2 == 0, "a gated activation needs an even width");
  if (!is_fast(z)) return reference::gated_activation(z, activation);
  return GatedActivation::apply(z.contiguous(), activation);
}

}  // namespace finetune::kernels
