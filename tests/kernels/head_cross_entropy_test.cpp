#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randint.h>
#include <c10/core/GradMode.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "base/error.h"
#include "kernels/compare.h"
#include "kernels/ops.h"
#include "kernels/reference.h"

using namespace finetune;
using namespace finetune::test;
using kernels::HeadLoss;

namespace {

struct Case {
  int64_t rows, width, classes;
};
// The last ones need several blocks of rows.
const std::vector<Case> kCases{{1, 1, 1}, {3, 5, 2}, {70, 33, 17}, {600, 8, 20000}, {700, 3, 40}};

at::Tensor some_targets(const Case& c) {
  at::manual_seed(9);
  at::Tensor targets = at::randint(c.classes, {c.rows}, at::kLong);
  if (c.rows > 1) targets[c.rows / 2] = -100;
  return targets;
}

}  // namespace

TEST_CASE("the loss behind a head has the reference's value and gradients") {
  for (const Case& c : kCases) {
    const at::Tensor targets = some_targets(c);
    for (const double smoothing : {0.0, 0.1}) {
      for (const bool has_bias : {true, false}) {
        INFO(c.rows << " x " << c.width << " x " << c.classes << ", smoothing " << smoothing
                    << ", bias " << has_bias);
        check_against(
            [&](const auto& t) {
              return kernels::head_cross_entropy_sum(t[0], {t[1], t[2], smoothing}, targets);
            },
            [&](const auto& t) {
              return kernels::reference::head_cross_entropy_sum(t[0], {t[1], t[2], smoothing},
                                                                targets);
            },
            {random_tensor({c.rows, c.width}, 1), random_tensor({c.classes, c.width}, 2),
             has_bias ? random_tensor({c.classes}, 3) : at::Tensor()},
            5e-6);  // sums over up to 700 rows
      }
    }
  }
}

TEST_CASE("the loss behind a head is the loss of its logits, with gradients or without") {
  const Case c{300, 16, 1000};
  const at::Tensor x = random_tensor({c.rows, c.width}, 1);
  const at::Tensor weight = random_tensor({c.classes, c.width}, 2);
  const at::Tensor targets = some_targets(c);
  const auto fused = kernels::head_cross_entropy_sum(x, {weight, {}, 0.1}, targets);
  const auto plain = kernels::cross_entropy_sum(kernels::linear(x, weight, {}), targets, 0.1);
  CHECK(difference(fused, plain) < 1e-6);
  const at::Tensor leaf = x.clone().set_requires_grad(true);
  CHECK(kernels::head_cross_entropy_sum(leaf, {weight, {}, 0.1}, targets).item<float>() ==
        fused.item<float>());
}

TEST_CASE("gradients of a head's weight are added to those it has") {
  const at::Tensor x = random_tensor({5, 4}, 1);
  const at::Tensor targets = at::full({5}, 2, at::kLong);
  const auto gradient = [&](bool has_gradient) {
    at::Tensor weight = random_tensor({3, 4}, 2).set_requires_grad(true);
    if (has_gradient) weight.mutable_grad() = at::full({3, 4}, 7.0);
    (kernels::head_cross_entropy_sum(x, {weight, {}, 0.0}, targets) / 5).backward();
    return weight.grad();
  };
  CHECK(difference(gradient(true), gradient(false) + 7.0) < 1e-6);
}

TEST_CASE("a loss behind a head is the same from run to run") {
  const Case c{600, 24, 5000};
  const Operation ours = [&](const auto& t) {
    return kernels::head_cross_entropy_sum(t[0], {t[1], t[2], 0.1}, some_targets(c));
  };
  const std::vector<at::Tensor> tensors{random_tensor({c.rows, c.width}, 1),
                                        random_tensor({c.classes, c.width}, 2),
                                        random_tensor({c.classes}, 3)};
  std::vector<at::Tensor> once;
  std::vector<at::Tensor> again;
  with_threads(2, [&] { once = run(ours, leaves(tensors)); });
  with_threads(2, [&] { again = run(ours, leaves(tensors)); });
  for (size_t i = 0; i < once.size(); ++i) CHECK(is_same(once[i], again[i]));
}

TEST_CASE("no target gives a loss of zero, no row neither") {
  const at::Tensor weight = random_tensor({3, 4}, 2);
  const at::Tensor none = at::full({2}, -1, at::kLong);
  CHECK(kernels::head_cross_entropy_sum(random_tensor({2, 4}, 1), {weight, {}, 0.1}, none)
            .item<float>() == 0.0F);
  CHECK(kernels::head_cross_entropy_sum(random_tensor({0, 4}, 1), {weight, {}, 0.1},
                                        none.narrow(0, 0, 0))
            .item<float>() == 0.0F);
}

TEST_CASE("a loss behind a head refuses classes that do not exist and does not hide NaN") {
  const at::Tensor x = random_tensor({2, 4}, 1);
  const at::Tensor weight = random_tensor({3, 4}, 2);
  const auto call = [&](const at::Tensor& targets) {
    return kernels::head_cross_entropy_sum(x, {weight, {}, 0.0}, targets);
  };
  CHECK_THROWS_AS(call(at::full({2}, 3, at::kLong)), InternalError);
  CHECK_THROWS_AS(call(at::full({3}, 0, at::kLong)), InternalError);
  x[0][0] = std::nan("");
  CHECK(std::isnan(call(at::full({2}, 0, at::kLong)).item<float>()));
}
