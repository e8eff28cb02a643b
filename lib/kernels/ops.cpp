#include "kernels/ops.h"

#include "kernels/reference.h"

namespace finetune::kernels {

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  return reference::linear(x, weight, bias);
}

at::Tensor linear_activation(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                             Activation activation) {
  return reference::linear_activation(x, weight, bias, activation);
}

at::Tensor attention(const at::Tensor& qkv, const Sequences& sequences, int64_t num_heads,
                     Mask mask, const Dropout& dropout) {
  return reference::attention(qkv, sequences, num_heads, mask, dropout);
}

at::Tensor dropout_add_norm(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& gain,
                            const at::Tensor& shift, double epsilon, const Dropout& dropout) {
  return reference::dropout_add_norm(x, residual, gain, shift, epsilon, dropout);
}

at::Tensor dropout(const at::Tensor& x, const Dropout& dropout) {
  return reference::dropout(x, dropout);
}

at::Tensor embed(const at::Tensor& ids, const at::Tensor& positions, const at::Tensor& segments,
                 const at::Tensor& words, const at::Tensor& positions_table,
                 const at::Tensor& segments_table) {
  return reference::embed(ids, positions, segments, words, positions_table, segments_table);
}

at::Tensor cross_entropy_sum(const at::Tensor& logits, const at::Tensor& targets,
                             double smoothing) {
  return reference::cross_entropy_sum(logits, targets, smoothing);
}

}  // namespace finetune::kernels
