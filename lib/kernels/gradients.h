#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <torch/csrc/autograd/custom_function.h>

#include <optional>
#include <utility>

/// What the autograd nodes of this room share.
namespace finetune::kernels {

/// Where the gradient of a weight goes. A leaf with a defined gradient gets it added in place, and
/// autograd gets nothing; else a zero tensor is made and handed to autograd. Hooks on the leaf or
/// on its accumulation (distributed training) and create_graph also take the second way.
///
/// In place means: use Tensor::backward(), not autograd::grad(), for a weight that has a gradient.
class GradientTarget {
 public:
  explicit GradientTarget(const at::Tensor& weight);

  at::Tensor& buffer() { return buffer_; }  ///< to be added to
  at::Tensor returned() const { return is_in_place_ ? at::Tensor() : buffer_; }

 private:
  at::Tensor buffer_;
  bool is_in_place_ = false;
};

/// A tensor argument that may be undefined, as autograd::Function wants it.
inline std::optional<at::Tensor> optional(const at::Tensor& tensor) {
  return tensor.defined() ? std::optional<at::Tensor>(tensor) : std::nullopt;
}

/// Keeps a plain struct from forward to backward.
template <class T>
struct Held : torch::CustomClassHolder {
  explicit Held(T v) : value(std::move(v)) {}
  T value;
};

template <class T>
void hold(torch::autograd::AutogradContext* ctx, T value) {
  ctx->saved_data["held"] =
      c10::IValue::make_capsule(c10::make_intrusive<Held<T>>(std::move(value)));
}

template <class T>
T held(torch::autograd::AutogradContext* ctx) {
  return c10::static_intrusive_pointer_cast<Held<T>>(ctx->saved_data["held"].toCapsule())->value;
}

}  // namespace finetune::kernels
