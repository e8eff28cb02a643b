#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/tensor.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "base/error.h"
#include "kernels/compare.h"
#include "kernels/ops.h"
#include "kernels/reference.h"

using namespace finetune;
using namespace finetune::test;

TEST_CASE("cross_entropy_sum gives the reference's loss and gradient") {
  for (const auto& [rows, classes] :
       std::vector<std::pair<int64_t, int64_t>>{{1, 1}, {1, 2}, {32, 2}, {70, 17}, {5, 1000}}) {
    for (const double smoothing : {0.0, 0.1}) {
      INFO(rows << " x " << classes << ", smoothing " << smoothing);
      at::Tensor targets = at::randint(classes, {rows}, at::kLong);
      if (rows > 1) targets[rows / 2] = -100;
      check_against(
          [&](const auto& t) { return kernels::cross_entropy_sum(t[0], targets, smoothing); },
          [&](const auto& t) {
            return kernels::reference::cross_entropy_sum(t[0], targets, smoothing);
          },
          {random_tensor({rows, classes}, 1) * 5}, 1e-6);
    }
  }
}

TEST_CASE("a batch without any target has loss and gradient zero") {
  const auto out = run(
      [](const auto& t) { return kernels::cross_entropy_sum(t[0], at::full({3}, -1, at::kLong)); },
      leaves({random_tensor({3, 4}, 1)}));
  CHECK(out[0].item<float>() == 0.0F);
  CHECK(out[1].abs().max().item<float>() == 0.0F);
}

TEST_CASE("huge logits neither overflow nor hide NaN") {
  at::Tensor logits = at::tensor({1e30F, -1e30F, 88.0F, 89.0F}).view({2, 2});
  const at::Tensor targets = at::tensor({int64_t{0}, int64_t{1}});
  CHECK(kernels::cross_entropy_sum(logits, targets).item<float>() ==
        Approx(std::log1p(std::exp(-1.0))));
  for (int64_t i = 0; i < 2; ++i) {
    at::Tensor broken = logits.clone();
    broken[0][i] = std::nan("");
    CHECK(std::isnan(kernels::cross_entropy_sum(broken, targets).item<float>()));
  }
}

TEST_CASE("cross_entropy_sum refuses classes that do not exist") {
  const at::Tensor logits = random_tensor({2, 3}, 1);
  CHECK_THROWS_AS(kernels::cross_entropy_sum(logits, at::full({2}, 3, at::kLong)), InternalError);
  CHECK_THROWS_AS(kernels::cross_entropy_sum(logits, at::full({3}, 0, at::kLong)), InternalError);
  CHECK_THROWS_AS(kernels::cross_entropy_sum(logits, at::full({2}, 0, at::kInt)), InternalError);
}
