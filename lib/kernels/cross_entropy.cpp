#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/scalar_tensor.h>

#include "kernels/checks.h"
#include "kernels/gradients.h"
#include "kernels/ops.h"
#include "kernels/reference.h"
#include "kernels/rows.h"

namespace finetune::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

simd::CrossEntropyRows make_rows(const at::Tensor& logits, const at::Tensor& targets,
                                 const at::Tensor& log_sum_exp) {
  simd::CrossEntropyRows rows;
  rows.logits = logits.data_ptr<float>();
  rows.targets = targets.data_ptr<int64_t>();
  rows.log_sum_exp = log_sum_exp.data_ptr<float>();
  rows.width = logits.size(1);
  return rows;
}

struct CrossEntropySum : torch::autograd::Function<CrossEntropySum> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& logits,
                            const at::Tensor& targets, double smoothing) {
    const int64_t num_rows = logits.size(0);
    const at::Tensor log_sum_exp = at::empty({num_rows}, logits.options());
    const at::Tensor losses = at::empty({num_rows}, at::kDouble);
    simd::CrossEntropyRows rows = make_rows(logits, targets, log_sum_exp);
    rows.losses = losses.data_ptr<double>();
    rows.smoothing = smoothing;
    for_rows(num_rows, [&](int64_t begin, int64_t end) {
      simd::loops().cross_entropy_forward(rows, begin, end);
    });
    double total = 0.0;
    for (int64_t n = 0; n < num_rows; ++n) total += rows.losses[n];
    ctx->save_for_backward({logits, targets, log_sum_exp});
    hold(ctx, smoothing);
    return at::scalar_tensor(total, logits.options());
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& gradients) {
    const variable_list saved = ctx->get_saved_variables();
    at::Tensor dlogits = at::empty_like(saved[0]);
    simd::CrossEntropyRows rows = make_rows(saved[0], saved[1], saved[2]);
    rows.dlogits = dlogits.data_ptr<float>();
    rows.dloss = *gradients[0].data_ptr<float>();
    rows.smoothing = held<double>(ctx);
    for_rows(saved[0].size(0), [&](int64_t begin, int64_t end) {
      simd::loops().cross_entropy_backward(rows, begin, end);
    });
    return {dlogits, at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor cross_entropy_sum(const at::Tensor& logits, const at::Tensor& targets,
                             double smoothing) {
  check_shape(logits, {kAny, kAny}, "logits");
  check_shape(targets, {logits.size(0)}, "targets");
  check(targets.scalar_type() == at::kLong, "targets must be int64");
  check(logits.size(1) > 0, "logits need at least one class");
  check(smoothing >= 0.0 && smoothing <= 1.0, "label smoothing must lie in [0, 1]");
  if (!is_fast(logits)) return reference::cross_entropy_sum(logits, targets, smoothing);
  const at::Tensor classes = targets.contiguous();
  const auto* data = classes.data_ptr<int64_t>();
  for (int64_t n = 0; n < classes.numel(); ++n) {
    check(data[n] < logits.size(1), "a target class is not below the number of classes");
  }
  return CrossEntropySum::apply(logits.contiguous(), classes, smoothing);
}

}  // namespace finetune::kernels
