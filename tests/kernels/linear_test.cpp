#include <catch2/catch.hpp>

#include "base/error.h"
#include "kernels/compare.h"
#include "kernels/ops.h"
#include "kernels/reference.h"

using namespace finetune;
using namespace finetune::test;

namespace {

struct Size {
  int64_t tokens, in, out;
};
const std::vector<Size> kSizes{{1, 1, 1}, {3, 5, 7}, {33, 16, 20}, {70, 48, 96}};

std::vector<at::Tensor> inputs(const Size& s) {
  return {random_tensor({s.tokens, s.in}, 1), random_tensor({s.out, s.in}, 2),
          random_tensor({s.out}, 3)};
}

}  // namespace

TEST_CASE("linear gives the reference's output and gradients") {
  const Operation ours = [](const auto& t) { return kernels::linear(t[0], t[1], t[2]); };
  const Operation theirs = [](const auto& t) {
    return kernels::reference::linear(t[0], t[1], t[2]);
  };
  for (const Size& size : kSizes) {
    INFO(size.tokens << " x " << size.in << " x " << size.out);
    auto tensors = inputs(size);
    check_against(ours, theirs, tensors, 2e-6);  // sums of up to 96 products in float
    tensors[2] = at::Tensor();
    check_against(ours, theirs, tensors, 2e-6);
  }
}

TEST_CASE("linear_activation gives the reference's output and gradients") {
  using kernels::Activation;
  for (const Activation kind : {Activation::kGelu, Activation::kGeluTanh, Activation::kRelu,
                                Activation::kSilu, Activation::kTanh}) {
    const Operation ours = [kind](const auto& t) {
      return kernels::linear_activation(t[0], t[1], t[2], kind);
    };
    const Operation theirs = [kind](const auto& t) {
      return kernels::reference::linear_activation(t[0], t[1], t[2], kind);
    };
    for (const Size& size : kSizes) {
      INFO(static_cast<int>(kind) << ": " << size.tokens << " x " << size.in << " x " << size.out);
      auto tensors = inputs(size);
      check_against(ours, theirs, tensors, 3e-6);
      tensors[2] = at::Tensor();
      check_against(ours, theirs, tensors, 3e-6);
    }
  }
}

TEST_CASE("a weight that needs no gradient gets none") {
  auto tensors = leaves(inputs({4, 6, 8}));
  tensors[1].set_requires_grad(false);
  tensors[2].set_requires_grad(false);
  const auto out = run([](const auto& t) { return kernels::linear(t[0], t[1], t[2]); }, tensors);
  CHECK(out[1].defined());
  CHECK_FALSE(out[2].defined());
  CHECK_FALSE(out[3].defined());
}

TEST_CASE("products do not depend on how their input happens to be aligned, nor on the run") {
  const auto tensors = inputs({75, 384, 384});
  const at::Tensor roomy = random_tensor({75 * 384 + 64}, 9);
  const Operation ours = [](const auto& t) { return kernels::linear(t[0], t[1], t[2]); };
  const auto first = run(ours, leaves(tensors));
  for (int64_t shift = 0; shift < 64; shift += 16) {  // 64-byte steps, as every buffer of ours
    at::Tensor moved = roomy.narrow(0, shift, 75 * 384).view({75, 384});
    moved.copy_(tensors[0]);
    auto again = leaves(tensors);
    again[0] = moved.detach().set_requires_grad(true);
    const auto result = run(ours, again);
    for (size_t i = 0; i < first.size(); ++i) CHECK(is_same(result[i], first[i]));
  }
}

TEST_CASE("linear names the tensor whose shape does not fit") {
  CHECK_THROWS_AS(kernels::linear(random_tensor({2, 3}, 1), random_tensor({4, 5}, 2), {}),
                  InternalError);
  CHECK_THROWS_WITH(
      kernels::linear(random_tensor({2, 3}, 1), random_tensor({4, 3}, 2), random_tensor({3}, 3)),
      Catch::Contains("'bias' has shape [3]; expected [4]"));
}
