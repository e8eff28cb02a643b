#include "kernels/checks.h"

#include <ATen/ops/ones.h>

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace finetune;
using kernels::check;
using kernels::check_shape;
using kernels::kAny;

TEST_CASE("check_shape accepts what fits and names what does not") {
  const at::Tensor x = at::ones({2, 3});
  CHECK_NOTHROW(check_shape(x, {2, 3}, "x"));
  CHECK_NOTHROW(check_shape(x, {kAny, 3}, "x"));
  CHECK_THROWS_WITH(check_shape(x, {kAny, 4}, "x"),
                    Catch::Contains("'x' has shape [2, 3]; expected [any, 4]"));
  CHECK_THROWS_AS(check_shape(x, {2}, "x"), InternalError);
  CHECK_THROWS_WITH(check_shape({}, {2}, "gain"),
                    Catch::Contains("'gain' is missing; expected shape [2]"));
}

TEST_CASE("check throws its message") {
  CHECK_NOTHROW(check(true, "never"));
  CHECK_THROWS_WITH(check(false, "heads do not divide the width"),
                    Catch::Contains("heads do not divide the width"));
}
