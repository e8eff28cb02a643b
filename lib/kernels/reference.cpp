#include "kernels/reference.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/where.h>

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

namespace {

at::Tensor activate(const at::Tensor& x, Activation activation) {
  if (activation == Activation::kRelu) return at::relu(x);
  if (activation == Activation::kSilu) return at::silu(x);
  if (activation == Activation::kTanh) return at::tanh(x);
  return at::gelu(x, activation == Activation::kGeluTanh ? "tanh" : "none");
}

}  // namespace

at::Tensor linear_activation(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                             Activation activation) {
  return activate(reference::linear(x, weight, bias), activation);
}

at::Tensor gated_activation(const at::Tensor& z, Activation activation) {
  const int64_t width = z.size(1) / 2;
  return activate(z.narrow(1, 0, width), activation) * z.narrow(1, width, width);
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

namespace {

/// Rows of one sequence, split into heads. -> [H, T, E]
at::Tensor heads_of(const at::Tensor& x, const Sequences& sequences, size_t b, int64_t num_heads) {
  const int64_t first = sequences.offsets[b];
  const int64_t length = sequences.offsets[b + 1] - first;
  return x.narrow(0, first, length).reshape({length, num_heads, -1}).transpose(0, 1);
}

/// bias[h, j - i + P - 1] for T queries and S keys, query i standing at i + `ahead`. -> [H, T, S]
at::Tensor bias_of(const at::Tensor& bias, int64_t num_queries, int64_t num_keys, int64_t ahead) {
  const int64_t middle = (bias.size(1) - 1) / 2;
  const at::Tensor i = at::arange(num_queries).unsqueeze(1) + ahead;
  const at::Tensor index = (at::arange(num_keys).unsqueeze(0) - i + middle).to(bias.device());
  return bias.index_select(1, index.flatten()).view({bias.size(0), num_queries, num_keys});
}

struct Heads {
  at::Tensor q;           // [H, T, E]
  at::Tensor k;           // [H, S, E]
  at::Tensor v;           // [H, S, E]
  int64_t first_row = 0;  // of the dropout mask
  int64_t ahead = 0;      // position of the first query
};

at::Tensor attend(const Heads& heads, const AttentionOptions& options) {  // -> [T, D]
  const int64_t num_queries = heads.q.size(1);
  const int64_t num_keys = heads.k.size(1);
  const double usual = 1.0 / std::sqrt(static_cast<double>(heads.q.size(2)));
  at::Tensor scores = at::bmm(heads.q, heads.k.transpose(1, 2)) *
                      (options.scale ? static_cast<double>(*options.scale) : usual);  // [H, T, S]
  if (options.bias.defined()) {
    scores = scores + bias_of(options.bias, num_queries, num_keys, heads.ahead);
  }
  if (options.mask == Mask::kCausal) {
    const at::Tensor future = at::ones({num_queries, num_keys}, scores.options()).triu(1);
    scores = scores.masked_fill(future.to(at::kBool), -std::numeric_limits<double>::infinity());
  }
  at::Tensor probabilities = at::softmax(scores, -1);
  if (options.dropout.is_active()) {
    const int64_t num_heads = options.num_heads;
    const at::Tensor factors = factors_like(heads.q, options.dropout, heads.first_row * num_heads,
                                            {num_queries * num_heads, num_keys});
    probabilities =
        probabilities * factors.view({num_queries, num_heads, num_keys}).transpose(0, 1);
  }
  return at::bmm(probabilities, heads.v).transpose(0, 1).reshape({num_queries, -1});
}

}  // namespace

at::Tensor cross_attention(const at::Tensor& q, const at::Tensor& kv, const Sequences& sequences,
                           const Sequences& key_sequences, const AttentionOptions& options) {
  const int64_t width = q.size(1);
  std::vector<at::Tensor> outputs;
  for (size_t b = 0; b + 1 < sequences.offsets.size(); ++b) {
    const auto keys_or_values = [&](int64_t which) {
      return heads_of(kv.narrow(1, which * width, width), key_sequences, b, options.num_heads);
    };
    outputs.push_back(attend({heads_of(q, sequences, b, options.num_heads), keys_or_values(0),
                              keys_or_values(1), sequences.offsets[b]},
                             options));
  }
  return at::cat(outputs);
}

at::Tensor attention(const at::Tensor& qkv, const Sequences& sequences,
                     const AttentionOptions& options) {
  const int64_t width = qkv.size(1) / 3;
  return reference::cross_attention(qkv.narrow(1, 0, width), qkv.narrow(1, width, 2 * width),
                                    sequences, sequences, options);
}

at::Tensor attention(const at::Tensor& qkv, const Sequences& sequences, int64_t num_heads,
                     Mask mask, const Dropout& dropout) {
  return reference::attention(
      qkv, sequences, AttentionOptions{num_heads, mask, dropout, std::nullopt, at::Tensor()});
}

at::Tensor cached_attention(const at::Tensor& q, const at::Tensor& keys, const at::Tensor& values,
                            std::span<const std::span<const int32_t>> slots,
                            const AttentionOptions& options) {
  AttentionOptions all = options;  // a row's keys are those before it: nothing is left to mask
  all.mask = Mask::kBidirectional;
  std::vector<at::Tensor> outputs;
  for (size_t r = 0; r < slots.size(); ++r) {
    const std::vector<int64_t> ids(slots[r].begin(), slots[r].end());
    const auto count = static_cast<int64_t>(ids.size());
    const at::Tensor index = at::tensor(ids, at::kLong).to(keys.device());
    const auto split = [&](const at::Tensor& x) {
      return x.reshape({-1, options.num_heads, q.size(1) / options.num_heads}).transpose(0, 1);
    };
    outputs.push_back(
        attend({split(q.narrow(0, static_cast<int64_t>(r), 1)), split(keys.index_select(0, index)),
                split(values.index_select(0, index)), 0, count - 1},
               all));
  }
  return at::cat(outputs);
}

at::Tensor dropout_add_norm(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& gain,
                            const at::Tensor& shift, double epsilon, const Dropout& dropout) {
  return reference::dropout_add_then_norm(x, residual, gain, shift, epsilon, dropout).norm;
}

SumAndNorm dropout_add_then_norm(const at::Tensor& x, const at::Tensor& residual,
                                 const at::Tensor& gain, const at::Tensor& shift, double epsilon,
                                 const Dropout& dropout) {
  at::Tensor sum = reference::dropout(x, dropout);
  if (residual.defined()) sum = residual + sum;
  const at::Tensor centred = shift.defined() ? sum - sum.mean(-1, true) : sum;
  const at::Tensor variance = (centred * centred).mean(-1, true);
  const at::Tensor norm = centred * (variance + epsilon).rsqrt() * gain;
  return {sum, shift.defined() ? norm + shift : norm};
}

at::Tensor embed(const at::Tensor& ids, const at::Tensor& positions, const at::Tensor& segments,
                 const at::Tensor& words, const at::Tensor& positions_table,
                 const at::Tensor& segments_table, const WordOptions& options) {
  at::Tensor sum = words.index_select(0, ids);
  if (options.frozen >= 0) {
    sum = at::where(ids.eq(options.frozen).unsqueeze(1), sum.detach(), sum);
  }
  if (options.scale != 1.0F) sum = sum * options.scale;
  if (positions_table.defined()) sum = sum + positions_table.index_select(0, positions);
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

at::Tensor head_cross_entropy_sum(const at::Tensor& x, const HeadLoss& head,
                                  const at::Tensor& targets) {
  return reference::cross_entropy_sum(reference::linear(x, head.weight, head.bias), targets,
                                      head.smoothing);
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
