#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "base/error.h"
#include "kernels/compare.h"
#include "kernels/ops.h"
#include "kernels/reference.h"

using namespace finetune;
using namespace finetune::test;
using kernels::AttentionOptions;
using kernels::Dropout;
using kernels::Mask;
using kernels::Sequences;

namespace {

Sequences sequences_of(const std::vector<int64_t>& lengths) {
  Sequences out{{0}};
  for (const int64_t length : lengths) out.offsets.push_back(out.offsets.back() + length);
  return out;
}

struct Case {
  std::vector<int64_t> lengths;
  int64_t heads, head_width;
};
const std::vector<Case> kCases{{{1}, 1, 1},           {{1, 1, 2}, 2, 3},  {{23, 5, 40, 1}, 3, 32},
                               {{16, 17, 64}, 2, 64}, {{65, 130}, 1, 16}, {{200}, 2, 20}};

at::Tensor qkv_of(const Case& c) {
  return random_tensor({sequences_of(c.lengths).num_tokens(), 3 * c.heads * c.head_width}, 1);
}

}  // namespace

TEST_CASE("attention gives the reference's output and gradient") {
  for (const Case& c : kCases) {
    const Sequences sequences = sequences_of(c.lengths);
    for (const Mask mask : {Mask::kBidirectional, Mask::kCausal}) {
      for (const float p : {0.0F, 0.1F}) {
        INFO(c.lengths.size() << " sequences, first " << c.lengths[0] << ", " << c.heads << " x "
                              << c.head_width << ", causal " << (mask == Mask::kCausal)
                              << ", p = " << p);
        const Dropout key{p, 3, 4, 5};
        check_against(
            [&](const auto& t) { return kernels::attention(t[0], sequences, c.heads, mask, key); },
            [&](const auto& t) {
              return kernels::reference::attention(t[0], sequences, c.heads, mask, key);
            },
            {qkv_of(c)}, 5e-6);  // sums over up to 200 keys in float
      }
    }
  }
}

TEST_CASE("a scale and a bias by distance act as in the reference, gradients included") {
  for (const Case& c : kCases) {
    const Sequences sequences = sequences_of(c.lengths);
    for (const Mask mask : {Mask::kBidirectional, Mask::kCausal}) {
      INFO(c.lengths.size() << " sequences, first " << c.lengths[0] << ", causal "
                            << (mask == Mask::kCausal));
      const auto options = [&](const at::Tensor& bias) {
        return AttentionOptions{c.heads, mask, {0.1F, 3, 4, 5}, 0.7F, bias};
      };
      check_against(
          [&](const auto& t) { return kernels::attention(t[0], sequences, options(t[1])); },
          [&](const auto& t) {
            return kernels::reference::attention(t[0], sequences, options(t[1]));
          },
          {qkv_of(c) * 0.3, random_tensor({c.heads, 2 * 200 + 1}, 2)}, 1e-5);  // up to 200 keys
    }
  }
}

TEST_CASE("cross-attention gives the reference's output and gradients") {
  for (const Case& c : kCases) {
    const Sequences sequences = sequences_of(c.lengths);
    std::vector<int64_t> key_lengths(c.lengths.rbegin(), c.lengths.rend());
    key_lengths[0] += 3;
    const Sequences key_sequences = sequences_of(key_lengths);
    const int64_t width = c.heads * c.head_width;
    for (const float p : {0.0F, 0.1F}) {
      INFO(c.lengths.size() << " sequences, first " << c.lengths[0] << ", p = " << p);
      const AttentionOptions options{c.heads, Mask::kBidirectional, {p, 3, 4, 5}, {}, {}};
      check_against(
          [&](const auto& t) {
            return kernels::cross_attention(t[0], t[1], sequences, key_sequences, options);
          },
          [&](const auto& t) {
            return kernels::reference::cross_attention(t[0], t[1], sequences, key_sequences,
                                                       options);
          },
          {random_tensor({sequences.num_tokens(), width}, 1),
           random_tensor({key_sequences.num_tokens(), 2 * width}, 2)},
          5e-6);
    }
  }
}

TEST_CASE("cross-attention of a text to itself is bidirectional self-attention, to the bit") {
  const Sequences sequences = sequences_of({23, 5, 70});
  const at::Tensor qkv = random_tensor({98, 3 * 48}, 1);
  const AttentionOptions options{3, Mask::kBidirectional, {0.1F, 1, 2, 3}, {}, {}};
  CHECK(is_same(kernels::cross_attention(qkv.narrow(1, 0, 48), qkv.narrow(1, 48, 96), sequences,
                                         sequences, options),
                kernels::attention(qkv, sequences, options)));
}

TEST_CASE("cross-attention refuses sources that are not one for each text, and causal masks") {
  const at::Tensor q = random_tensor({5, 4}, 1);
  const at::Tensor kv = random_tensor({7, 8}, 1);
  const auto call = [&](const std::vector<int64_t>& lengths, Mask mask) {
    return kernels::cross_attention(q, kv, sequences_of({2, 3}), sequences_of(lengths),
                                    {2, mask, {}, {}, {}});
  };
  CHECK_NOTHROW(call({6, 1}, Mask::kBidirectional));
  CHECK_THROWS_AS(call({7}, Mask::kBidirectional), InternalError);
  CHECK_THROWS_AS(call({6, 2}, Mask::kBidirectional), InternalError);
  CHECK_THROWS_AS(call({6, 1}, Mask::kCausal), InternalError);
}

TEST_CASE("a bias that does not reach over the longest sequence is refused") {
  const at::Tensor qkv = random_tensor({5, 12}, 1);
  const auto call = [&](at::IntArrayRef sizes) {
    return kernels::attention(qkv, sequences_of({2, 3}),
                              {2, Mask::kCausal, {}, {}, random_tensor(sizes, 1)});
  };
  CHECK_NOTHROW(call({2, 5}));
  CHECK_THROWS_AS(call({2, 3}), InternalError);
  CHECK_THROWS_AS(call({2, 6}), InternalError);
  CHECK_THROWS_AS(call({1, 5}), InternalError);
}

TEST_CASE("large scores do not overflow and NaN is not hidden") {
  const Sequences sequences = sequences_of({20, 3});
  at::Tensor qkv = random_tensor({23, 48}, 1) * 30;
  const auto out = kernels::attention(qkv, sequences, 2, Mask::kBidirectional, {});
  const auto exact =
      kernels::reference::attention(qkv.to(at::kDouble), sequences, 2, Mask::kBidirectional, {});
  CHECK(difference(out, exact) < 1e-3);  // scores near 1e4 carry an error of 1e-3 in float
  qkv[21][0] = std::nan("");
  const auto broken = kernels::attention(qkv, sequences, 2, Mask::kBidirectional, {});
  CHECK(broken[21].isnan().any().item<bool>());
  CHECK(is_same(broken.narrow(0, 0, 20), out.narrow(0, 0, 20)));
}

TEST_CASE("neighbours in a batch never change a sequence's attention, to the bit") {
  const at::Tensor middle = random_tensor({23, 90}, 1);
  const auto alone = kernels::attention(middle, sequences_of({23}), 3, Mask::kBidirectional, {});
  for (const int64_t before : {1, 7, 90}) {
    const at::Tensor batch =
        at::cat({random_tensor({before, 90}, 2), middle, random_tensor({33, 90}, 3)});
    const auto out =
        kernels::attention(batch, sequences_of({before, 23, 33}), 3, Mask::kBidirectional, {});
    CHECK(is_same(out.narrow(0, before, 23), alone));
  }
}

TEST_CASE("what a sequence drops depends on where it begins, not on what follows") {
  const at::Tensor batch = random_tensor({60, 90}, 1);
  const Dropout key{0.5F, 1, 1, 1};
  const auto first = kernels::attention(batch, sequences_of({10, 20, 30}), 3, Mask::kCausal, key);
  const auto second =
      kernels::attention(batch, sequences_of({10, 20, 5, 25}), 3, Mask::kCausal, key);
  CHECK(is_same(first.narrow(0, 0, 30), second.narrow(0, 0, 30)));
}

TEST_CASE("attention is the same on one thread and two, and from run to run") {
  const Sequences sequences = sequences_of({23, 5, 70, 1, 18});
  const Operation ours = [&](const auto& t) {
    return kernels::attention(t[0], sequences,
                              {4, Mask::kBidirectional, {0.1F, 1, 2, 3}, {}, t[1]});
  };
  const at::Tensor qkv = random_tensor({117, 3 * 64}, 1);
  const at::Tensor bias = random_tensor({4, 139}, 2);
  std::vector<at::Tensor> one;
  std::vector<at::Tensor> two;
  std::vector<at::Tensor> again;
  with_threads(1, [&] { one = run(ours, leaves({qkv, bias})); });
  with_threads(2, [&] { two = run(ours, leaves({qkv, bias})); });
  with_threads(2, [&] { again = run(ours, leaves({qkv, bias})); });
  for (size_t i = 0; i < one.size(); ++i) {
    CHECK(is_same(one[i], two[i]));
    CHECK(is_same(two[i], again[i]));
  }
}

TEST_CASE("attention refuses offsets that do not describe its rows") {
  const at::Tensor qkv = random_tensor({5, 12}, 1);
  const auto call = [&](std::vector<int64_t> offsets, int64_t heads) {
    return kernels::attention(qkv, {std::move(offsets)}, heads, Mask::kCausal, {});
  };
  CHECK_NOTHROW(call({0, 2, 5}, 2));
  CHECK_THROWS_AS(call({0, 2}, 2), InternalError);
  CHECK_THROWS_AS(call({0, 2, 2, 5}, 2), InternalError);
  CHECK_THROWS_AS(call({1, 5}, 2), InternalError);
  CHECK_THROWS_AS(call({}, 2), InternalError);
  CHECK_THROWS_AS(call({0, 5}, 3), InternalError);
}
