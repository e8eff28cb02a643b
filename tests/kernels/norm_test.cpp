#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "base/error.h"
#include "kernels/compare.h"
#include "kernels/ops.h"
#include "kernels/reference.h"

using namespace finetune;
using namespace finetune::test;
using kernels::Dropout;

namespace {

/// 0 or 1 for every element: what a mask keeps of ones.
at::Tensor kept(const Dropout& key, int64_t rows, int64_t columns) {
  return kernels::dropout(at::ones({rows, columns}), key).ne(0).to(at::kDouble);
}

double correlation(const at::Tensor& a, const at::Tensor& b, double keep) {
  const auto x = a - keep;
  const auto y = b - keep;
  return (x * y).mean().item<double>() / (keep * (1.0 - keep));
}

}  // namespace

TEST_CASE("dropout_add_norm gives the reference's output and gradients") {
  for (const auto& [tokens, width] :
       std::vector<std::pair<int64_t, int64_t>>{{1, 1}, {1, 5}, {3, 16}, {40, 50}, {65, 384}}) {
    for (const float p : {0.0F, 0.1F, 0.7F}) {
      for (const bool has_residual : {true, false}) {
        INFO(tokens << " x " << width << ", p = " << p << ", residual " << has_residual);
        const Dropout key{p, 5, 6, 7};
        const std::vector<at::Tensor> tensors{
            random_tensor({tokens, width}, 1),
            has_residual ? random_tensor({tokens, width}, 2) : at::Tensor(),
            random_tensor({width}, 3), random_tensor({width}, 4)};
        check_against(
            [&](const auto& t) {
              return kernels::dropout_add_norm(t[0], t[1], t[2], t[3], 1e-2, key);
            },
            [&](const auto& t) {
              return kernels::reference::dropout_add_norm(t[0], t[1], t[2], t[3], 1e-2, key);
            },
            tensors, 4e-6);  // a few roundings of float, divided by deviations down to 0.1
      }
    }
  }
}

TEST_CASE("a norm without a shift is RMS norm") {
  for (const auto& [tokens, width] : std::vector<std::pair<int64_t, int64_t>>{{1, 5}, {40, 50}}) {
    const Dropout key{0.1F, 5, 6, 7};
    const std::vector<at::Tensor> tensors{random_tensor({tokens, width}, 1) + 0.5,
                                          random_tensor({tokens, width}, 2),
                                          random_tensor({width}, 3)};
    check_against(
        [&](const auto& t) { return kernels::dropout_add_norm(t[0], t[1], t[2], {}, 1e-2, key); },
        [&](const auto& t) {
          return kernels::reference::dropout_add_norm(t[0], t[1], t[2], {}, 1e-2, key);
        },
        tensors, 4e-6);
  }
}

TEST_CASE("a norm that hands its sum on has the gradients of both") {
  for (const bool has_shift : {true, false}) {
    for (const float p : {0.0F, 0.3F}) {
      const Dropout key{p, 5, 6, 7};
      const std::vector<at::Tensor> tensors{random_tensor({40, 50}, 1), random_tensor({40, 50}, 2),
                                            random_tensor({50}, 3),
                                            has_shift ? random_tensor({50}, 4) : at::Tensor()};
      const auto combine = [](const kernels::SumAndNorm& y) { return y.sum * 0.7 + y.norm; };
      check_against(
          [&](const auto& t) {
            return combine(kernels::dropout_add_then_norm(t[0], t[1], t[2], t[3], 1e-2, key));
          },
          [&](const auto& t) {
            return combine(
                kernels::reference::dropout_add_then_norm(t[0], t[1], t[2], t[3], 1e-2, key));
          },
          tensors, 4e-6);
      for (const auto part : {&kernels::SumAndNorm::sum, &kernels::SumAndNorm::norm}) {
        check_against(
            [&](const auto& t) {
              return kernels::dropout_add_then_norm(t[0], t[1], t[2], t[3], 1e-2, key).*part;
            },
            [&](const auto& t) {
              const auto y =
                  kernels::reference::dropout_add_then_norm(t[0], t[1], t[2], t[3], 1e-2, key);
              return y.*part + (y.sum.sum() + y.norm.sum()) * 0.0;  // every input is part of it
            },
            tensors, 4e-6);
      }
    }
  }
}

TEST_CASE("layer norm is finite where a row is constant and carries NaN on") {
  const at::Tensor x = at::ones({2, 24});
  const auto gain = at::ones({24});
  const auto y = kernels::dropout_add_norm(x, {}, gain, gain, 1e-12, {});
  CHECK(is_same(y, at::ones({2, 24})));
  x.data_ptr<float>()[3] = std::nanf("");
  const auto z = kernels::dropout_add_norm(x, {}, gain, gain, 1e-12, {});
  CHECK(z[0].isnan().all().item<bool>());
  CHECK(is_same(z[1], y[1]));
}

TEST_CASE("dropout gives the reference's output and gradient, for any shape") {
  const Dropout key{0.3F, 1, 2, 3};
  const Operation ours = [&](const auto& t) { return kernels::dropout(t[0], key); };
  const Operation theirs = [&](const auto& t) { return kernels::reference::dropout(t[0], key); };
  for (const auto& sizes : std::vector<std::vector<int64_t>>{{1}, {17}, {40, 3}, {2, 3, 21}}) {
    check_against(ours, theirs, {random_tensor(sizes, 1)}, 1e-6);
  }
}

TEST_CASE("dropout that is off or out of range") {
  const at::Tensor x = random_tensor({3, 3}, 1);
  CHECK(kernels::dropout(x, {}).is_same(x));
  CHECK_THROWS_AS(kernels::dropout(x, Dropout{1.0F}), InternalError);
  CHECK_THROWS_AS(kernels::dropout(x, Dropout{-0.1F}), InternalError);
}

TEST_CASE("the mean rate of dropout is its probability") {
  constexpr int64_t kRows = 2000;
  constexpr int64_t kColumns = 500;
  for (const float p : {0.001F, 0.1F, 0.5F, 0.9F}) {
    for (uint64_t seed = 0; seed < 4; ++seed) {
      const double rate = 1.0 - kept({p, seed, 11, 2}, kRows, kColumns).mean().item<double>();
      const double sigma = std::sqrt(p * (1.0 - p) / (kRows * kColumns));
      INFO("p = " << p << ", seed " << seed << ", rate " << rate);
      CHECK(std::abs(rate - static_cast<double>(p)) < 5 * sigma);
    }
  }
}

TEST_CASE("dropout preserves the expectation: kept elements are scaled by 1 / (1 - p)") {
  const auto y = kernels::dropout(at::ones({1, 4096}), {0.25F, 1, 1, 1});
  CHECK(y.max().item<float>() == 1.0F / 0.75F);
}

TEST_CASE("masks of other places, steps, seeds, rows and columns are uncorrelated") {
  constexpr int64_t kRows = 1000;
  constexpr int64_t kColumns = 1000;
  const double limit = 5.0 / std::sqrt(static_cast<double>(kRows * kColumns));
  for (const float p : {0.1F, 0.5F}) {
    const double keep = 1.0 - static_cast<double>(p);
    const auto base = kept({p, 1, 1, 1}, kRows, kColumns);
    for (const Dropout& other : {Dropout{p, 1, 1, 2}, Dropout{p, 1, 2, 1}, Dropout{p, 2, 1, 1},
                                 Dropout{p, 1, 1 + (1ULL << 32), 1}}) {
      CHECK(std::abs(correlation(base, kept(other, kRows, kColumns), keep)) < limit);
    }
    for (const int64_t lag : {1, 2, 8, 16, 64}) {
      const auto right = base.narrow(1, lag, kColumns - lag);
      const auto below = base.narrow(0, lag, kRows - lag);
      CHECK(std::abs(correlation(base.narrow(1, 0, kColumns - lag), right, keep)) < 1.1 * limit);
      CHECK(std::abs(correlation(base.narrow(0, 0, kRows - lag), below, keep)) < 1.1 * limit);
    }
  }
}

TEST_CASE("the number of elements kept in a row scatters as it should") {
  constexpr int64_t kRows = 4000;
  constexpr int64_t kColumns = 384;
  const auto counts = kept({0.1F, 3, 3, 3}, kRows, kColumns).sum(1);
  const double variance = counts.var().item<double>() / (kColumns * 0.1 * 0.9);
  CHECK(variance == Approx(1.0).margin(5 * std::sqrt(2.0 / kRows)));
}

TEST_CASE("normalisation and masks are the same on one thread and two") {
  const std::vector<at::Tensor> tensors{random_tensor({131, 40}, 1), random_tensor({131, 40}, 2),
                                        random_tensor({40}, 3), random_tensor({40}, 4)};
  const Operation ours = [](const auto& t) {
    return kernels::dropout_add_norm(t[0], t[1], t[2], t[3], 1e-12, {0.1F, 1, 2, 3});
  };
  std::vector<at::Tensor> one;
  std::vector<at::Tensor> two;
  with_threads(1, [&] { one = run(ours, leaves(tensors)); });
  with_threads(2, [&] { two = run(ours, leaves(tensors)); });
  for (size_t i = 0; i < one.size(); ++i) CHECK(is_same(one[i], two[i]));
}
