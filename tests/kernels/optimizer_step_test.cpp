#include "kernels/optimizer_step.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>

#include "base/error.h"
#include "kernels/compare.h"
#include "kernels/reference.h"

using namespace finetune;
using namespace finetune::test;
using kernels::AdamWScalars;

namespace {

std::span<float> span(const at::Tensor& t) {
  return {t.data_ptr<float>(), static_cast<size_t>(t.numel())};
}

struct Buffers {
  at::Tensor p, g, m, v;
  explicit Buffers(int64_t count)
      : p(random_tensor({count}, 1)),
        g(random_tensor({count}, 2)),
        m(random_tensor({count}, 3) * 0.1),
        v(random_tensor({count}, 4).abs() * 0.1) {}
  void step(const AdamWScalars& s) { kernels::adamw_step(span(p), span(g), span(m), span(v), s); }
};

const AdamWScalars kScalars{.clip = 1.0F,
                            .learning_rate = 1e-2F,
                            .epsilon = 1e-8F,
                            .weight_decay = 0.1F,
                            .update_number = 7};

}  // namespace

TEST_CASE("AdamW agrees with PyTorch's fused step within a few units in the last place") {
  Buffers ours(200'003);
  const Buffers theirs(200'003);
  const at::Tensor before = theirs.p.clone();
  ours.step(kScalars);
  at::_fused_adamw_({theirs.p}, {theirs.g}, {theirs.m}, {theirs.v}, {}, {at::full({}, 7.0F)}, 1e-2,
                    0.9, 0.999, 0.1, 1e-8, false, false);
  const double ulp = std::ldexp(1.0, -23);
  const at::Tensor size = before.abs() + (theirs.p - before).abs();  // of p or of its update
  CHECK(((ours.p - theirs.p).abs() / size).max().item<double>() < 4 * ulp);
  CHECK(difference(ours.m, theirs.m) < 2 * ulp);
  CHECK(difference(ours.v, theirs.v) < 2 * ulp);
  CHECK(ours.g.abs().max().item<float>() == 0.0F);
}

TEST_CASE("AdamW agrees with the reference on every scalar, for any length") {
  for (const int64_t count : {1, 15, 16, 65'536, 65'551}) {
    Buffers ours(count);
    const Buffers theirs(count);
    AdamWScalars scalars = kScalars;
    scalars.clip = 0.3F;
    scalars.l2 = 0.05F;
    ours.step(scalars);
    kernels::reference::adamw_step(span(theirs.p), span(theirs.g), span(theirs.m), span(theirs.v),
                                   scalars);
    CHECK(difference(ours.p, theirs.p) < 1e-6);
    CHECK(difference(ours.m, theirs.m) < 1e-6);
    CHECK(difference(ours.v, theirs.v) < 1e-6);
  }
}

TEST_CASE("AdamW and the sum of squares are the same on one thread and two, to the bit") {
  Buffers one(300'007);
  Buffers two(300'007);
  double one_sum = 0;
  double two_sum = 0;
  with_threads(1, [&] {
    one_sum = kernels::sum_of_squares(span(one.g));
    one.step(kScalars);
  });
  with_threads(2, [&] {
    two_sum = kernels::sum_of_squares(span(two.g));
    two.step(kScalars);
  });
  CHECK(is_same(one.p, two.p));
  CHECK(is_same(one.m, two.m));
  CHECK(is_same(one.v, two.v));
  CHECK(one_sum == two_sum);
}

TEST_CASE("elements without gradient and history do not move, unless decay pulls them") {
  Buffers b(40);
  for (at::Tensor* t : {&b.g, &b.m, &b.v}) t->narrow(0, 0, 33).zero_();
  const at::Tensor before = b.p.clone();
  AdamWScalars scalars = kScalars;
  scalars.weight_decay = 0.0F;
  b.step(scalars);
  CHECK(is_same(b.p.narrow(0, 0, 33), before.narrow(0, 0, 33)));
  CHECK_FALSE(b.p.narrow(0, 33, 7).eq(before.narrow(0, 33, 7)).any().item<bool>());
  Buffers c(40);
  for (at::Tensor* t : {&c.g, &c.m, &c.v}) t->zero_();
  c.step(kScalars);
  CHECK(difference(c.p, before * (1 - 1e-3)) < 1e-7);
}

TEST_CASE("NaN in a gradient reaches the parameter") {
  Buffers b(20);
  b.g[17] = std::nan("");
  b.step(kScalars);
  CHECK(b.p[17].isnan().item<bool>());
  CHECK(b.p.isnan().sum().item<int64_t>() == 1);
}

TEST_CASE("denormal moments are flushed and the thread's floating-point mode comes back") {
  Buffers b(32);
  b.m.fill_(1e-39F);
  b.v.fill_(1e-39F);
  b.g.zero_();
  b.step(kScalars);
  CHECK(b.m.abs().max().item<float>() == 0.0F);
  CHECK(b.v.abs().max().item<float>() == 0.0F);
  volatile float tiny = 1e-38F;
  CHECK(tiny / 4 > 0.0F);  // denormals work again
}

TEST_CASE("sum_of_squares is exact in double") {
  CHECK(kernels::sum_of_squares({}) == 0.0);
  for (const int64_t count : {1, 31, 33, 100'000}) {
    const at::Tensor x = random_tensor({count}, 5);
    const double expected = x.to(at::kDouble).square().sum().item<double>();
    CHECK(kernels::sum_of_squares(span(x)) == Approx(expected).epsilon(1e-13));
  }
}

TEST_CASE("AdamW refuses buffers of different lengths and update number 0") {
  Buffers b(8);
  CHECK_THROWS_AS(
      kernels::adamw_step(span(b.p), span(b.g).first(7), span(b.m), span(b.v), kScalars),
      InternalError);
  CHECK_THROWS_AS(b.step({.update_number = 0}), InternalError);
}
