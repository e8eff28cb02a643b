#include "kernels/gradients.h"

#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/variable.h>

namespace finetune::kernels {
namespace {

bool has_hooks(const at::Tensor& leaf) {
  if (!torch::autograd::impl::hooks(leaf).empty()) return true;
  if (torch::autograd::impl::post_acc_grad_hooks(leaf) != nullptr) return true;
  const auto accumulator = torch::autograd::impl::try_get_grad_accumulator(leaf);
  return accumulator && (!accumulator->pre_hooks().empty() || !accumulator->post_hooks().empty());
}

bool is_addable(const at::Tensor& weight) {
  if (!weight.is_leaf() || !weight.requires_grad() || c10::GradMode::is_enabled()) return false;
  const at::Tensor& gradient = weight.grad();
  return gradient.defined() && gradient.is_contiguous() && gradient.dtype() == weight.dtype() &&
         gradient.device() == weight.device() && !has_hooks(weight);
}

}  // namespace

GradientTarget::GradientTarget(const at::Tensor& weight) : is_in_place_(is_addable(weight)) {
  buffer_ =
      is_in_place_ ? weight.mutable_grad() : at::zeros_like(weight, at::MemoryFormat::Contiguous);
}

}  // namespace finetune::kernels
