#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <new>

#include "kernels/checks.h"
#include "kernels/gradients.h"
#include "kernels/ops.h"
#include "kernels/reference.h"
#include "kernels/rows.h"

namespace finetune::kernels {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Plan {
  Sequences sequences;
  Sequences key_sequences;
  AttentionOptions options;  ///< without the bias
  bool is_cross = false;
};

int64_t longest(const Sequences& sequences) {
  int64_t length = 0;
  for (size_t b = 1; b < sequences.offsets.size(); ++b) {
    length = std::max(length, sequences.offsets[b] - sequences.offsets[b - 1]);
  }
  return length;
}

struct Free {
  void operator()(float* p) const { std::free(p); }
};

std::unique_ptr<float, Free> allocate(int64_t count) {
  const auto bytes = (static_cast<size_t>(count) * sizeof(float) + 63) / 64 * 64;
  std::unique_ptr<float, Free> p(static_cast<float*>(std::aligned_alloc(64, bytes)));
  if (!p) throw std::bad_alloc();
  return p;
}

/// A bias [H, 2P - 1] and where its gradients go, [B, H, 2P - 1], which may be undefined.
struct Bias {
  at::Tensor values;
  at::Tensor gradients;

  void point(simd::AttentionTask& task, int64_t b) const {
    if (!values.defined()) return;
    const int64_t span = values.size(1);
    task.bias_middle = (span - 1) / 2;
    task.bias = values.data_ptr<float>() + task.head * span;
    if (!gradients.defined()) return;
    task.dbias = gradients.data_ptr<float>() + (b * task.num_heads + task.head) * span;
  }
};

/// Runs `pass` for every head of every sequence, as `task` with its place filled in. A thread takes
/// all heads of a sequence, which lie side by side in memory; single heads where sequences are few.
void for_heads(const Plan& plan, simd::AttentionTask task, const Bias& bias,
               void (*pass)(const simd::AttentionTask&, float*)) {
  const int64_t num_heads = plan.options.num_heads;
  const int64_t head_width = task.width / num_heads;
  task.num_heads = num_heads;
  task.is_causal = plan.options.mask == Mask::kCausal;
  task.scale = plan.options.scale.value_or(1.0F / std::sqrt(static_cast<float>(head_width)));
  if (plan.options.dropout.is_active()) task.dropout = DropoutStream(plan.options.dropout);
  const int64_t scratch_size =
      simd::loops().attention_scratch(longest(plan.key_sequences), head_width);
  const int64_t count = plan.sequences.count();
  const int64_t parts = count >= 8 * at::get_num_threads() ? 1 : num_heads;
  for_tasks(count * parts, [&] {
    return [&plan, &bias, num_heads, parts, pass, task,
            scratch = allocate(scratch_size)](int64_t index) mutable {
      const int64_t b = index / parts;
      const auto at = static_cast<size_t>(b);
      task.first = plan.sequences.offsets[at];
      task.length = plan.sequences.offsets[at + 1] - task.first;
      task.first_key = plan.key_sequences.offsets[at];
      task.num_keys = plan.key_sequences.offsets[at + 1] - task.first_key;
      const int64_t begin = index % parts * num_heads / parts;
      const int64_t end = (index % parts + 1) * num_heads / parts;
      for (task.head = begin; task.head < end; ++task.head) {
        bias.point(task, b);
        pass(task, scratch.get());
      }
    };
  });
}

/// Where q, k and v lie: side by side in x, or q in x and k, v side by side in kv.
simd::AttentionTask make_task(const Plan& plan, const at::Tensor& x, const at::Tensor& kv) {
  simd::AttentionTask task;
  task.width = plan.is_cross ? x.size(1) : x.size(1) / 3;
  task.q = x.data_ptr<float>();
  task.q_stride = x.size(1);
  task.k = plan.is_cross ? kv.data_ptr<float>() : task.q + task.width;
  task.v = task.k + task.width;
  task.kv_stride = plan.is_cross ? kv.size(1) : task.q_stride;
  return task;
}

struct Attention : torch::autograd::Function<Attention> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x,
                            const std::optional<at::Tensor>& kv,
                            const std::optional<at::Tensor>& bias, const Plan& plan) {
    simd::AttentionTask task = make_task(plan, x, kv.value_or(at::Tensor()));
    at::Tensor out = at::empty({x.size(0), task.width}, x.options());
    const at::Tensor log_sum_exp = at::empty({x.size(0), plan.options.num_heads}, x.options());
    task.out = out.data_ptr<float>();
    task.log_sum_exp = log_sum_exp.data_ptr<float>();
    const at::Tensor table = bias.value_or(at::Tensor());
    for_heads(plan, task, {table, at::Tensor()}, simd::loops().attention_forward);
    ctx->save_for_backward({x, kv.value_or(at::Tensor()), table, log_sum_exp});
    hold(ctx, plan);
    return out;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& gradients) {
    const variable_list saved = ctx->get_saved_variables();
    const auto plan = held<Plan>(ctx);
    const at::Tensor dout = gradients[0].contiguous();
    simd::AttentionTask task = make_task(plan, saved[0], saved[1]);
    at::Tensor dx = at::empty_like(saved[0]);
    at::Tensor dkv = plan.is_cross ? at::empty_like(saved[1]) : at::Tensor();
    const simd::AttentionTask to = make_task(plan, dx, dkv);
    task.dq = const_cast<float*>(to.q);
    task.dk = const_cast<float*>(to.k);
    task.dv = const_cast<float*>(to.v);
    task.log_sum_exp = saved[3].data_ptr<float>();
    task.dout = dout.data_ptr<float>();
    Bias bias{saved[2], at::Tensor()};
    const size_t bias_edge = plan.is_cross ? 2 : 1;  // an absent kv has none
    if (saved[2].defined() && ctx->needs_input_grad(bias_edge)) {
      bias.gradients =
          at::zeros({plan.sequences.count(), saved[2].size(0), saved[2].size(1)}, dout.options());
    }
    for_heads(plan, task, bias, simd::loops().attention_backward);
    at::Tensor dbias;  // sequences in order, whatever thread took them
    if (bias.gradients.defined()) dbias = bias.gradients.sum(0);
    return {dx, dkv, dbias, at::Tensor()};
  }
};

void check_sequences(const Sequences& sequences, int64_t num_tokens) {
  check(!sequences.offsets.empty() && sequences.offsets.front() == 0 &&
            sequences.num_tokens() == num_tokens,
        "sequence offsets must run from 0 to the number of tokens");
  for (size_t b = 1; b < sequences.offsets.size(); ++b) {
    check(sequences.offsets[b - 1] < sequences.offsets[b],
          "sequence offsets must increase: no sequence may be empty");
  }
}

void check_options(const AttentionOptions& options, int64_t width, const Sequences& sequences) {
  check(options.num_heads > 0 && width % options.num_heads == 0,
        "the width of an attention must be a multiple of num_heads");
  const float p = options.dropout.probability;
  check(p >= 0.0F && p < 1.0F, "a dropout probability must lie in [0, 1)");
  if (!options.bias.defined()) return;
  check_shape(options.bias, {options.num_heads, kAny}, "bias");
  check(options.bias.size(1) >= 2 * longest(sequences) - 1 && options.bias.size(1) % 2 == 1,
        "the bias of an attention must reach over its longest sequence");
}

at::Tensor apply(const at::Tensor& x, const at::Tensor& kv, Plan plan) {
  at::Tensor bias;
  if (plan.options.bias.defined()) bias = plan.options.bias.contiguous();
  plan.options.bias = at::Tensor();
  return Attention::apply(x.contiguous(), optional(kv), optional(bias), plan);
}

}  // namespace

at::Tensor attention(const at::Tensor& qkv, const Sequences& sequences,
                     const AttentionOptions& options) {
  check_shape(qkv, {kAny, kAny}, "qkv");
  check(qkv.size(1) % 3 == 0, "the width of qkv must be a multiple of 3");
  check_options(options, qkv.size(1) / 3, sequences);
  check_sequences(sequences, qkv.size(0));
  if (!is_fast(qkv)) return reference::attention(qkv, sequences, options);
  return apply(qkv, at::Tensor(), {sequences, sequences, options, false});
}

at::Tensor attention(const at::Tensor& qkv, const Sequences& sequences, int64_t num_heads,
                     Mask mask, const Dropout& dropout) {
  return attention(qkv, sequences,
                   AttentionOptions{num_heads, mask, dropout, std::nullopt, at::Tensor()});
}

at::Tensor cross_attention(const at::Tensor& q, const at::Tensor& kv, const Sequences& sequences,
                           const Sequences& key_sequences, const AttentionOptions& options) {
  check_shape(q, {kAny, kAny}, "q");
  check_shape(kv, {kAny, 2 * q.size(1)}, "kv");
  check(options.mask == Mask::kBidirectional, "cross-attention has no causal mask");
  check(sequences.count() == key_sequences.count(),
        "cross-attention needs one sequence of keys for each of queries");
  check_options(options, q.size(1), sequences);
  check_options(options, q.size(1), key_sequences);
  check_sequences(sequences, q.size(0));
  check_sequences(key_sequences, kv.size(0));
  if (!is_fast(q)) {
    return reference::cross_attention(q, kv, sequences, key_sequences, options);
  }
  return apply(q, kv.contiguous(), {sequences, key_sequences, options, true});
}

}  // namespace finetune::kernels
