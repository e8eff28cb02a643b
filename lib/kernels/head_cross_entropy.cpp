#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

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

/// Which gradients somebody will ask for.
struct Wanted {
  bool x = false;
  bool weight = false;
  bool bias = false;

  bool any() const { return x || weight || bias; }
};

/// Gradients for a gradient of the loss of 1; undefined where nobody wants them.
struct Gradients {
  at::Tensor x;
  at::Tensor weight;
  at::Tensor bias;
};

/// Rows whose logits are held at a time: few enough for the cache, enough for the products, which
/// read and write the gradient of the whole weight once a block. Blocks of one batch are equal.
int64_t rows_per_block(int64_t num_rows, int64_t num_classes) {
  constexpr int64_t kCachedLogits = int64_t{1} << 22;
  constexpr int64_t kLeast = 256;
  const int64_t most = std::max(kLeast, kCachedLogits / num_classes);
  const int64_t num_blocks = std::max<int64_t>(1, (num_rows + most - 1) / most);
  return std::max<int64_t>(1, (num_rows + num_blocks - 1) / num_blocks);
}

class BlockedLoss {
 public:
  BlockedLoss(const at::Tensor& x, const HeadLoss& head, const at::Tensor& targets,
              const Wanted& wanted)
      : x_(x), head_(head), targets_(targets), wanted_(wanted) {
    if (wanted.x) gradients_.x = at::empty_like(x);
    if (wanted.weight) {  // filled by the first block, if there is one
      gradients_.weight = x.size(0) > 0 ? at::empty(head.weight.sizes(), x.options())
                                        : at::zeros(head.weight.sizes(), x.options());
    }
    if (wanted.bias) gradients_.bias = at::zeros(head.bias.sizes(), x.options());
  }

  double run() {
    const int64_t num_rows = x_.size(0);
    const int64_t step = rows_per_block(num_rows, head_.weight.size(0));
    const at::Tensor logits = at::empty({step, head_.weight.size(0)}, x_.options());
    double total = 0.0;
    for (int64_t first = 0; first < num_rows; first += step) {
      const int64_t count = std::min(step, num_rows - first);
      total += block(first, logits.narrow(0, 0, count));
    }
    return total;
  }

  const Gradients& gradients() const { return gradients_; }

 private:
  double block(int64_t first, const at::Tensor& logits) {
    const int64_t count = logits.size(0);
    const at::Tensor x = x_.narrow(0, first, count);
    matrix_product_into(logits, x, head_.weight.t());  // [n, V]
    const double loss = to_gradients(first, logits);
    if (wanted_.x) {
      matrix_product_into(gradients_.x.narrow(0, first, count), logits, head_.weight);
    }
    if (wanted_.weight && first == 0) {
      matrix_product_into(gradients_.weight, logits.t(), x);
    } else if (wanted_.weight) {
      add_matrix_product(gradients_.weight, logits.t(), x);
    }
    if (wanted_.bias) {
      sum_over_rows(count, gradients_.bias, [&](int64_t begin, int64_t end, float* sums) {
        simd::loops().column_sums({logits.data_ptr<float>(), sums, logits.size(1)}, begin, end);
      });
    }
    return loss;
  }

  double to_gradients(int64_t first, const at::Tensor& logits) {
    const int64_t count = logits.size(0);
    const at::Tensor losses = at::empty({count}, at::kDouble);
    simd::CrossEntropyInPlace rows;
    rows.logits = logits.data_ptr<float>();
    rows.bias = head_.bias.defined() ? head_.bias.data_ptr<float>() : nullptr;
    rows.targets = targets_.data_ptr<int64_t>() + first;
    rows.losses = losses.data_ptr<double>();
    rows.width = logits.size(1);
    rows.smoothing = head_.smoothing;
    rows.needs_gradient = wanted_.any();
    for_rows(count, [&](int64_t begin, int64_t end) {
      simd::loops().cross_entropy_in_place(rows, begin, end);
    });
    double total = 0.0;
    for (int64_t n = 0; n < count; ++n) total += rows.losses[n];
    return total;
  }

  const at::Tensor& x_;
  const HeadLoss& head_;
  const at::Tensor& targets_;
  Wanted wanted_;
  Gradients gradients_;
};

struct HeadCrossEntropy : torch::autograd::Function<HeadCrossEntropy> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x, const at::Tensor& weight,
                            const std::optional<at::Tensor>& bias, const at::Tensor& targets,
                            double smoothing, const Wanted& wanted) {
    const HeadLoss head{weight, bias.value_or(at::Tensor()), smoothing};
    BlockedLoss loss(x, head, targets, wanted);
    const double total = loss.run();
    const Gradients& gradients = loss.gradients();
    ctx->save_for_backward({weight, head.bias, gradients.x, gradients.weight, gradients.bias});
    return at::scalar_tensor(total, x.options());
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& gradients) {
    const variable_list saved = ctx->get_saved_variables();
    const float dloss = *gradients[0].data_ptr<float>();
    variable_list out(6);
    if (saved[2].defined()) out[0] = saved[2] * dloss;
    for (size_t i = 0; i < 2; ++i) {
      if (!saved[3 + i].defined()) continue;
      GradientTarget target(saved[i]);
      target.buffer().add_(saved[3 + i], dloss);
      out[1 + i] = target.returned();
    }
    return out;
  }
};

void check_targets(const at::Tensor& targets, int64_t num_rows, int64_t num_classes) {
  check_shape(targets, {num_rows}, "targets");
  check(targets.scalar_type() == at::kLong, "targets must be int64");
  const auto* data = targets.data_ptr<int64_t>();
  for (int64_t n = 0; n < num_rows; ++n) {
    check(data[n] < num_classes, "a target class is not below the number of classes");
  }
}

}  // namespace

at::Tensor head_cross_entropy_sum(const at::Tensor& x, const HeadLoss& head,
                                  const at::Tensor& targets) {
  check_shape(x, {kAny, kAny}, "x");
  check_shape(head.weight, {kAny, x.size(1)}, "weight");
  if (head.bias.defined()) check_shape(head.bias, {head.weight.size(0)}, "bias");
  check(head.weight.size(0) > 0, "a head needs at least one class");
  check(head.smoothing >= 0.0 && head.smoothing <= 1.0, "label smoothing must lie in [0, 1]");
  if (!is_fast(x)) return reference::head_cross_entropy_sum(x, head, targets);
  const at::Tensor classes = targets.contiguous();
  check_targets(classes, x.size(0), head.weight.size(0));
  const bool records = c10::GradMode::is_enabled();
  const Wanted wanted{records && x.requires_grad(), records && head.weight.requires_grad(),
                      records && head.bias.defined() && head.bias.requires_grad()};
  return HeadCrossEntropy::apply(
      x.contiguous(), head.weight.contiguous(),
      optional(head.bias.defined() ? head.bias.contiguous() : at::Tensor()), classes,
      head.smoothing, wanted);
}

}  // namespace finetune::kernels
