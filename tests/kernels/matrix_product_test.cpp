#include "kernels/matrix_product.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/mm.h>

#include <catch2/catch.hpp>

#include "base/error.h"
#include "kernels/compare.h"

using namespace finetune;
using namespace finetune::test;
using kernels::add_matrix_product;
using kernels::matrix_product;
using kernels::matrix_product_into;

namespace {

struct Size {
  int64_t rows, depth, columns;
};

/// Every remainder of rows in a tile, of columns in a panel, and several blocks of each dimension.
const std::vector<Size> kSizes{{1, 1, 1},    {1, 300, 2},   {2, 16, 33},   {5, 7, 31},
                               {11, 64, 32}, {13, 257, 48}, {97, 30, 70},  {110, 520, 300},
                               {3, 9, 1030}, {700, 3, 5},   {129, 513, 64}};

/// The same values, lying in memory as those of the transpose.
at::Tensor transposed_in_memory(const at::Tensor& x) { return x.t().contiguous().t(); }

/// Largest error by what rounding adds up to: the sums grow as sqrt(k), and so does each rounding.
double error(const at::Tensor& got, const at::Tensor& expected, int64_t depth) {
  return (got.to(at::kDouble) - expected).abs().max().item<double>() /
         static_cast<double>(depth + 2);
}

constexpr double kTolerance = 5e-7;  // four deviations of such a sum, and more

}  // namespace

TEST_CASE("products equal those in double, for every way that matrices lie in memory") {
  for (const Size& size : kSizes) {
    const at::Tensor a = random_tensor({size.rows, size.depth}, 1);
    const at::Tensor b = random_tensor({size.depth, size.columns}, 2);
    const at::Tensor bias = random_tensor({size.columns}, 3);
    const at::Tensor expected = at::mm(a.to(at::kDouble), b.to(at::kDouble));
    for (const bool turns_a : {false, true}) {
      for (const bool turns_b : {false, true}) {
        INFO(size.rows << " x " << size.depth << " x " << size.columns << turns_a << turns_b);
        const at::Tensor left = turns_a ? transposed_in_memory(a) : a;
        const at::Tensor right = turns_b ? transposed_in_memory(b) : b;
        CHECK(error(matrix_product(left, right), expected, size.depth) < kTolerance);
        CHECK(error(matrix_product(left, right, bias), expected + bias, size.depth) < kTolerance);
        const at::Tensor c = random_tensor({size.rows, size.columns}, 4);
        const at::Tensor sum = expected + c;
        add_matrix_product(c, left, right);
        CHECK(error(c, sum, size.depth) < kTolerance);
        matrix_product_into(c, left, right);
        CHECK(error(c, expected, size.depth) < kTolerance);
      }
    }
  }
}

TEST_CASE("parts of wider matrices are read and written where they lie") {
  const at::Tensor wide = random_tensor({40, 90}, 1);
  const at::Tensor a = wide.narrow(1, 10, 30);
  const at::Tensor b = random_tensor({60, 70}, 2).narrow(0, 20, 30).narrow(1, 5, 50);
  const at::Tensor out = random_tensor({40, 80}, 3);
  const at::Tensor before = out.clone();
  matrix_product_into(out.narrow(1, 7, 50), a, b);
  CHECK(error(out.narrow(1, 7, 50), at::mm(a.to(at::kDouble), b.to(at::kDouble)), 30) < kTolerance);
  CHECK(is_same(out.narrow(1, 0, 7), before.narrow(1, 0, 7)));
  CHECK(is_same(out.narrow(1, 57, 23), before.narrow(1, 57, 23)));
}

TEST_CASE("a row's bits depend neither on its neighbours nor on the number of threads") {
  if (!kernels::has_own_products()) return;  // ATen's product promises less
  const at::Tensor a = random_tensor({500, 300}, 1);
  const at::Tensor weight = random_tensor({700, 300}, 2);
  const at::Tensor all = matrix_product(a, weight.t());
  const at::Tensor bias = random_tensor({700}, 3);
  const at::Tensor biased = matrix_product(a, weight.t(), bias);
  for (const int64_t count : {1, 2, 7, 12, 13, 33, 64, 128, 256, 257, 499}) {
    INFO(count);
    const at::Tensor some = a.narrow(0, 1, count);
    CHECK(is_same(matrix_product(some, weight.t()), all.narrow(0, 1, count)));
    CHECK(is_same(matrix_product(some, weight.t(), bias), biased.narrow(0, 1, count)));
  }
  for (const int threads : {1, 2, 3}) {
    with_threads(threads, [&] {
      CHECK(is_same(matrix_product(a, weight.t()), all));
      CHECK(is_same(matrix_product(weight, a.t()), all.t().contiguous()));
      CHECK(is_same(matrix_product(a.narrow(0, 0, 40), weight.t()), all.narrow(0, 0, 40)));
    });
  }
}

TEST_CASE("empty products are empty or zero") {
  CHECK(matrix_product(at::zeros({0, 4}), at::zeros({4, 3})).sizes() == at::IntArrayRef({0, 3}));
  CHECK(matrix_product(at::zeros({2, 4}), at::zeros({4, 0})).numel() == 0);
  const at::Tensor bias = random_tensor({3}, 1);
  CHECK(is_same(matrix_product(at::zeros({2, 0}), at::zeros({0, 3}), bias),
                bias.unsqueeze(0).repeat({2, 1})));
}

TEST_CASE("other types take ATen's product") {
  const at::Tensor a = random_tensor({5, 6}, 1, at::kDouble);
  const at::Tensor b = random_tensor({6, 7}, 2, at::kDouble);
  CHECK(is_same(matrix_product(a, b), at::mm(a, b)));
}

TEST_CASE("matrices that do not fit together are refused") {
  CHECK_THROWS_AS(matrix_product(at::zeros({2, 3}), at::zeros({4, 5})), InternalError);
  CHECK_THROWS_AS(matrix_product_into(at::zeros({2, 2}), at::zeros({2, 3}), at::zeros({3, 5})),
                  InternalError);
}
