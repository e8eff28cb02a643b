#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
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
  int64_t num_heads = 1;
  Mask mask = Mask::kBidirectional;
  Dropout dropout;
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

/// Runs `pass` for every head of every sequence, as `task` with its place filled in. A thread takes
/// all heads of a sequence, which lie side by side in memory; single heads where sequences are few.
void for_heads(const Plan& plan, simd::AttentionTask task,
               void (*pass)(const simd::AttentionTask&, float*)) {
  task.num_heads = plan.num_heads;
  task.is_causal = plan.mask == Mask::kCausal;
  if (plan.dropout.is_active()) task.dropout = DropoutStream(plan.dropout);
  const int64_t scratch_size =
      simd::loops().attention_scratch(longest(plan.sequences), task.width / plan.num_heads);
  const int64_t count = plan.sequences.count();
  const int64_t parts = count >= 8 * at::get_num_threads() ? 1 : plan.num_heads;
  for_tasks(count * parts, [&] {
    return [&plan, parts, pass, task, scratch = allocate(scratch_size)](int64_t index) mutable {
      const auto b = static_cast<size_t>(index / parts);
      task.first = plan.sequences.offsets[b];
      task.length = plan.sequences.offsets[b + 1] - task.first;
      const int64_t begin = index % parts * plan.num_heads / parts;
      const int64_t end = (index % parts + 1) * plan.num_heads / parts;
      for (task.head = begin; task.head < end; ++task.head) pass(task, scratch.get());
    };
  });
}

struct Attention : torch::autograd::Function<Attention> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& qkv, const Plan& plan) {
    const int64_t width = qkv.size(1) / 3;
    at::Tensor out = at::empty({qkv.size(0), width}, qkv.options());
    const at::Tensor log_sum_exp = at::empty({qkv.size(0), plan.num_heads}, qkv.options());
    simd::AttentionTask task;
    task.qkv = qkv.data_ptr<float>();
    task.out = out.data_ptr<float>();
    task.log_sum_exp = log_sum_exp.data_ptr<float>();
    task.width = width;
    for_heads(plan, task, simd::loops().attention_forward);
    ctx->save_for_backward({qkv, log_sum_exp});
    hold(ctx, plan);
    return out;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& gradients) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor dout = gradients[0].contiguous();
    at::Tensor dqkv = at::empty_like(saved[0]);
    simd::AttentionTask task;
    task.qkv = saved[0].data_ptr<float>();
    task.log_sum_exp = saved[1].data_ptr<float>();
    task.dout = dout.data_ptr<float>();
    task.dqkv = dqkv.data_ptr<float>();
    task.width = dout.size(1);
    for_heads(held<Plan>(ctx), task, simd::loops().attention_backward);
    return {dqkv, at::Tensor()};
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

}  // namespace

at::Tensor attention(const at::Tensor& qkv, const Sequences& sequences, int64_t num_heads,
                     Mask mask, const Dropout& dropout) {
  check_shape(qkv, {kAny, kAny}, "qkv");
  check(num_heads > 0 && qkv.size(1) % (3 * num_heads) == 0,
        "the width of qkv must be a multiple of 3 * num_heads");
  check(dropout.probability >= 0.0F && dropout.probability < 1.0F,
        "a dropout probability must lie in [0, 1)");
  check_sequences(sequences, qkv.size(0));
  if (!is_fast(qkv)) return reference::attention(qkv, sequences, num_heads, mask, dropout);
  return Attention::apply(qkv.contiguous(), Plan{sequences, num_heads, mask, dropout});
}

}  // namespace finetune::kernels
