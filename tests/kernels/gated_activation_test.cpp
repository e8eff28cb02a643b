#include <ATen/TensorOperators.h>

#include <catch2/catch.hpp>

#include "base/error.h"
#include "kernels/compare.h"
#include "kernels/ops.h"
#include "kernels/reference.h"

using namespace finetune;
using namespace finetune::test;
using kernels::Activation;

TEST_CASE("a gated activation gives the reference's output and gradient") {
  for (const Activation activation : {Activation::kGelu, Activation::kGeluTanh, Activation::kRelu,
                                      Activation::kSilu, Activation::kTanh}) {
    for (const int64_t width : {1, 7, 32, 45}) {
      INFO(static_cast<int>(activation) << ", width " << width);
      check_against(
          [&](const auto& t) { return kernels::gated_activation(t[0], activation); },
          [&](const auto& t) { return kernels::reference::gated_activation(t[0], activation); },
          {random_tensor({40, 2 * width}, 1) * 2}, 2e-6);
    }
  }
}

TEST_CASE("a gated activation refuses an odd width") {
  CHECK_THROWS_AS(kernels::gated_activation(random_tensor({2, 3}, 1), Activation::kGelu),
                  InternalError);
}
