#include "kernels/reference.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/softmax.h>

#include <cmath>
#include <limits>

#include "kernels/dropout_stream.h"
#if defined(FINETUNE_CUDA)
#include "kernels/cuda/device.h"
#endif

namespace finetune::kernels::reference {

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  return bias.defined() ? at::addmm(bias, x, weight.t()) : at::mm(x, weight.t());
}

at::Tensor linear_activation(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                             Activation activation) {
  const at::Tensor y = linear(x, weight, bias);
  if (activation == Activation::kRelu) return at::relu(y);
  return at::gelu(y, activation == Activation::kGeluTanh ? "tanh" : "none");
}

at::Tensor dropout_factors(const Dropout& dropout, int64_t first_row, int64_t num_rows,
                           int64_t num_columns) {
  const DropoutStream stream(dropout);
  at::Tensor factors = at::empty({num_rows, num_columns}, at::kFloat);
  auto* out = factors.data_ptr<float>();
  for (int64_t r = 0; r < num_rows; ++r) {
    const DropoutRow row = stream.row(first_row + r);
    for (int64_t c = 0; c < num_columns; ++c) *out++ = stream.factor(row, c);
  }
  return factors;
}

namespace {

/// dropout_factors in the type and on the device of `like`.
at::Tensor factors_like(const at::Tensor& like, const Dropout& dropout, int64_t first_row,
                        at::IntArrayRef shape) {
#if defined(FINETUNE_CUDA)
  if (like.is_cuda()) {
    at::Tensor factors = at::empty(shape, like.options().dtype(at::kFloat));
    cuda::draw_mask(
        {DropoutStream(dropout), first_row, shape[0], shape[1], factors.data_ptr<float>()});
    return factors.to(like.scalar_type());
  }
#endif
  return dropout_factors(dropout, first_row, shape[0], shape[1]).to(like.options());
}

}  // namespace

at::Tensor dropout(const at::Tensor& x, const Dropout& dropout) {
  if (!dropout.is_active() || x.numel() == 0) return x;
  const int64_t columns = x.dim() == 0 ? 1 : x.size(-1);
  return x * factors_like(x, dropout, 0, {x.numel() / columns, columns}).view(x.sizes());
}

at::Tensor attention(const at::Tensor& qkv, const Sequences& sequences, int64_t num_heads,
                     Mask mask, const Dropout& dropout) {
  const int64_t width = qkv.size(1) / 3;
  const int64_t head = width / num_heads;
  std::vector<at::Tensor> outputs;
  for (int64_t b = 0; b < sequences.count(); ++b) {
    const int64_t first = sequences.offsets[static_cast<size_t>(b)];
    const int64_t length = sequences.offsets[static_cast<size_t>(b) + 1] - first;
    const at::Tensor rows = qkv.narrow(0, first, length)
                                .view({length, 3, num_heads, head})
                                .permute({1, 2, 0, 3});             // [3, H, T, E]
    at::Tensor scores = at::bmm(rows[0], rows[1].transpose(1, 2));  // [H, T, T]
    scores = scores * (1.0 / std::sqrt(static_cast<double>(head)));
    if (mask == Mask::kCausal) {
      const at::Tensor future = at::ones({length, length}, scores.options()).triu(1);
      scores = scores.masked_fill(future.to(at::kBool), -std::numeric_limits<double>::infinity());
    }
    at::Tensor probabilities = at::softmax(scores, -1);
    if (dropout.is_active()) {
      const at::Tensor factors =
          factors_like(qkv, dropout, first * num_heads, {length * num_heads, length});
      probabilities = probabilities * factors.view({length, num_heads, length}).transpose(0, 1);
    }
    outputs.push_back(at::bmm(probabilities, rows[2]).transpose(0, 1).reshape({length, width}));
  }
  return at::cat(outputs);
}

at::Tensor dropout_add_norm(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& gain,
                            const at::Tensor& shift, double epsilon, const Dropout& dropout) {
  at::Tensor sum = reference::dropout(x, dropout);
  if (residual.defined()) sum = residual + sum;
  const at::Tensor centred = sum - sum.mean(-1, true);
  const at::Tensor variance = (centred * centred).mean(-1, true);
  return centred * (variance + epsilon).rsqrt() * gain + shift;
}

at::Tensor embed(const at::Tensor& ids, const at::Tensor& positions, const at::Tensor& segments,
                 const at::Tensor& words, const at::Tensor& positions_table,
                 const at::Tensor& segments_table) {
  at::Tensor sum = words.index_select(0, ids) + positions_table.index_select(0, positions);
  if (segments_table.defined()) sum = sum + segments_table.index_select(0, segments);
  return sum;
}

at::Tensor cross_entropy_sum(const at::Tensor& logits, const at::Tensor& targets,
                             double smoothing) {
  const at::Tensor log_probabilities = at::log_softmax(logits, -1);  // [N, C]
  const at::Tensor counted = targets.ge(0).to(logits.options());     // [N]
  const at::Tensor index = targets.clamp_min(0).unsqueeze(1);
  const at::Tensor nll = -log_probabilities.gather(1, index).squeeze(1);
  const at::Tensor uniform = -log_probabilities.mean(-1);
  return (((1.0 - smoothing) * nll + smoothing * uniform) * counted).sum();
}

void adamw_step(std::span<float> parameters, std::span<float> gradients,
                std::span<float> first_moment, std::span<float> second_moment,
                const AdamWScalars& s) {
  const auto t = static_cast<double>(s.update_number);
  const auto step = static_cast<float>(s.learning_rate / (1.0 - std::pow(s.beta1, t)));
  const auto correction = static_cast<float>(std::sqrt(1.0 - std::pow(s.beta2, t)));
  const auto beta1 = static_cast<float>(s.beta1);
  const auto beta2 = static_cast<float>(s.beta2);
  const auto rest1 = static_cast<float>(1.0 - s.beta1);
  const auto rest2 = static_cast<float>(1.0 - s.beta2);
  for (size_t i = 0; i < parameters.size(); ++i) {
    float& p = parameters[i];
    float& m = first_moment[i];
    float& v = second_moment[i];
    const float g = s.clip * gradients[i] + s.l2 * p;
    p -= s.learning_rate * s.weight_decay * p;
    m = beta1 * m + rest1 * g;
    v = beta2 * v + rest2 * g * g;
    p -= step * m / (std::sqrt(v) / correction + s.epsilon);
    gradients[i] = 0.0F;
  }
}

}  // namespace finetune::kernels::reference
