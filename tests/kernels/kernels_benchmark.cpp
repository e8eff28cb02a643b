// Times every operation at the shapes of one training step of MiniLM-L6 on SST-2 (32 sequences,
// about 750 tokens, dropout 0.1) against the ATen operations one would use instead. Not built by
// default:
//   cmake --build <build> --target kernels_benchmark && <build>/tests/kernels/kernels_benchmark
//   [threads]
// Prints the best of several runs; nothing else should be running.

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <malloc.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "kernels/ops.h"
#include "kernels/optimizer_step.h"

namespace {

using namespace finetune::kernels;

constexpr int64_t kWidth = 384;
constexpr int64_t kHeads = 12;
constexpr int64_t kInner = 1536;
constexpr int64_t kLayers = 6;
constexpr int64_t kParameters = 22'713'216;

double best_seconds(const std::function<void()>& body, int runs = 15) {
  double best = 1e9;
  for (int i = 0; i < runs + 2; ++i) {
    const auto start = std::chrono::steady_clock::now();
    body();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    if (i >= 2) best = std::min(best, taken.count());
  }
  return best;
}

/// Lengths as they fall in a batch of SST-2: 32 sequences, 747 tokens.
Sequences make_sequences() {
  Sequences out{{0}};
  for (const int64_t length : {5,  6,  8,  9,  10, 12, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22,
                               23, 24, 25, 26, 26, 27, 28, 29, 31, 32, 34, 36, 38, 41, 45, 58}) {
    out.offsets.push_back(out.offsets.back() + length);
  }
  return out;
}

at::Tensor leaf(at::IntArrayRef sizes) {
  at::Tensor t = (at::randn(sizes) * 0.05).set_requires_grad(true);
  t.mutable_grad() = at::zeros(sizes);
  return t;
}

struct Work {
  std::string name;
  double elements = 0;  ///< per pass
  double flops = 0;     ///< of the forward pass; the backward pass has twice as many
  std::function<at::Tensor()> forward;
};

/// Forward alone, then forward and backward together; the difference is the backward pass.
void time_work(const Work& work) {
  const double forward = best_seconds([&] { work.forward(); });
  at::Tensor gradient;
  const double both = best_seconds([&] {
    const at::Tensor y = work.forward();
    if (!gradient.defined()) gradient = at::randn(y.sizes());
    torch::autograd::backward({y}, {gradient});
  });
  std::printf("%-34s %8.3f ms forward %8.3f ms backward", work.name.c_str(), forward * 1e3,
              (both - forward) * 1e3);
  if (work.flops > 0) {
    std::printf("  %5.0f GFLOP/s", 3 * work.flops / both * 1e-9);
  } else {
    std::printf("  %5.2f + %.2f ns/element", forward / work.elements * 1e9,
                (both - forward) / work.elements * 1e9);
  }
  std::printf("\n");
}

void time_products(int64_t tokens) {
  for (const auto& [in, out] : std::vector<std::pair<int64_t, int64_t>>{
           {kWidth, 3 * kWidth}, {kWidth, kWidth}, {kWidth, kInner}, {kInner, kWidth}}) {
    const at::Tensor x = leaf({tokens, in});
    const at::Tensor w = leaf({out, in});
    const at::Tensor b = leaf({out});
    const auto flops = 2.0 * static_cast<double>(tokens * in * out);
    const std::string shape = " " + std::to_string(in) + " -> " + std::to_string(out);
    time_work({"linear" + shape, 0, flops, [=] { return linear(x, w, b); }});
    time_work({"  at::linear" + shape, 0, flops, [=] { return at::linear(x, w, b); }});
    if (out == kInner) {
      time_work({"linear_activation" + shape, 0, flops,
                 [=] { return linear_activation(x, w, b, Activation::kGelu); }});
      time_work({"  at::gelu(at::linear)" + shape, 0, flops,
                 [=] { return at::gelu(at::linear(x, w, b)); }});
    }
  }
}

void time_elementwise(int64_t tokens) {
  const at::Tensor x = leaf({tokens, kWidth});
  const at::Tensor residual = leaf({tokens, kWidth});
  const at::Tensor gain = leaf({kWidth});
  const at::Tensor shift = leaf({kWidth});
  const auto elements = static_cast<double>(tokens * kWidth);
  const Dropout key{0.1F, 1, 2, 3};
  time_work({"dropout", elements, 0, [=] { return dropout(x, key); }});
  time_work({"  at::dropout", elements, 0, [=] { return at::dropout(x, 0.1, true); }});
  time_work({"dropout_add_norm", elements, 0,
             [=] { return dropout_add_norm(x, residual, gain, shift, 1e-12, key); }});
  time_work({"  at::layer_norm(r + at::dropout)", elements, 0, [=] {
               return at::layer_norm(residual + at::dropout(x, 0.1, true), {kWidth}, gain, shift,
                                     1e-12);
             }});
  const at::Tensor words = leaf({30522, kWidth});
  const at::Tensor places = leaf({512, kWidth});
  const at::Tensor kinds = leaf({2, kWidth});
  const at::Tensor ids = at::randint(30522, {tokens}, at::kLong);
  const at::Tensor positions = at::randint(60, {tokens}, at::kLong);
  const at::Tensor segments = at::zeros({tokens}, at::kLong);
  time_work({"embed", elements, 0,
             [=] { return embed(ids, positions, segments, words, places, kinds); }});
}

void time_attention(const Sequences& sequences) {
  const int64_t tokens = sequences.num_tokens();
  double scores = 0;
  int64_t longest = 0;
  for (size_t b = 1; b < sequences.offsets.size(); ++b) {
    const int64_t length = sequences.offsets[b] - sequences.offsets[b - 1];
    scores += static_cast<double>(length * length * kHeads);
    longest = std::max(longest, length);
  }
  const at::Tensor qkv = leaf({tokens, 3 * kWidth});
  std::printf("attention: %.0f probabilities\n", scores);
  time_work({"attention", scores, 0, [=] {
               return attention(qkv, sequences, kHeads, Mask::kBidirectional, {0.1F, 1, 2, 3});
             }});
  const at::Tensor padded = leaf({3, sequences.count(), kHeads, longest, kWidth / kHeads});
  time_work({"  at::scaled_dot_product, padded", scores, 0, [=] {
               return at::scaled_dot_product_attention(padded[0], padded[1], padded[2], {}, 0.1);
             }});
}

std::span<float> span_of(const at::Tensor& t) {
  return {t.data_ptr<float>(), static_cast<size_t>(t.numel())};
}

void time_optimizer() {
  const at::Tensor p = at::randn({kParameters});
  const at::Tensor g = at::randn({kParameters});
  const at::Tensor m = at::randn({kParameters});
  const at::Tensor v = at::randn({kParameters}).abs();
  const double ours = best_seconds([&] {
    adamw_step(span_of(p), span_of(g), span_of(m), span_of(v), {.learning_rate = 1e-5F});
  });
  const double norm = best_seconds([&] { sum_of_squares(span_of(g)); });
  const double theirs = best_seconds([&] {
    at::_fused_adamw_({p}, {g}, {m}, {v}, {}, {at::zeros({}) + 5}, 1e-5, 0.9, 0.999, 0.01, 1e-8,
                      false, false);
    g.zero_();
  });
  const double their_norm = best_seconds([&] { g.norm(); });
  std::printf("adamw_step        %8.2f ms   at::_fused_adamw_ and zero_ %8.2f ms\n", ours * 1e3,
              theirs * 1e3);
  std::printf("sum_of_squares    %8.2f ms   norm                        %8.2f ms\n", norm * 1e3,
              their_norm * 1e3);
}

struct Layer {
  at::Tensor qkv_weight = leaf({3 * kWidth, kWidth}), qkv_bias = leaf({3 * kWidth});
  at::Tensor out_weight = leaf({kWidth, kWidth}), out_bias = leaf({kWidth});
  at::Tensor up_weight = leaf({kInner, kWidth}), up_bias = leaf({kInner});
  at::Tensor down_weight = leaf({kWidth, kInner}), down_bias = leaf({kWidth});
  at::Tensor gain = leaf({kWidth}), shift = leaf({kWidth});
};

/// The layers of a step, forward and backward, without embeddings, head and optimiser.
void time_layers(const Sequences& sequences) {
  const std::vector<Layer> layers(kLayers);
  const at::Tensor x = leaf({sequences.num_tokens(), kWidth});
  const at::Tensor gradient = at::randn(x.sizes());
  const double taken = best_seconds([&] {
    at::Tensor h = x;
    const Dropout key{0.1F, 1, 2, 3};
    for (const Layer& l : layers) {
      at::Tensor a = attention(linear(h, l.qkv_weight, l.qkv_bias), sequences, kHeads,
                               Mask::kBidirectional, key);
      h = dropout_add_norm(linear(a, l.out_weight, l.out_bias), h, l.gain, l.shift, 1e-12, key);
      at::Tensor u = linear_activation(h, l.up_weight, l.up_bias, Activation::kGelu);
      h = dropout_add_norm(linear(u, l.down_weight, l.down_bias), h, l.gain, l.shift, 1e-12, key);
    }
    torch::autograd::backward({h}, {gradient});
  });
  const double flops = 6.0 * static_cast<double>(sequences.num_tokens() * kLayers) *
                       static_cast<double>(4 * kWidth * kWidth + 2 * kWidth * kInner);
  std::printf("six layers, forward and backward: %.1f ms, %.0f GFLOP/s of matrix products\n",
              taken * 1e3, flops / taken * 1e-9);
}

}  // namespace

int main(int argc, char** argv) {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
  at::set_num_threads(argc > 1 ? std::atoi(argv[1]) : 2);
  at::manual_seed(1);
  const Sequences sequences = make_sequences();
  std::printf("%d threads, %ld tokens\n", at::get_num_threads(),
              static_cast<long>(sequences.num_tokens()));
  time_products(sequences.num_tokens());
  time_elementwise(sequences.num_tokens());
  time_attention(sequences);
  time_optimizer();
  time_layers(sequences);
}
