#include "kernels/vocabulary.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/logsumexp.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "kernels/compare.h"

using namespace finetune;
using namespace finetune::test;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::span<const float> row_of(const at::Tensor& scores, int64_t row) {
  return {scores.const_data_ptr<float>() + row * scores.size(1),
          static_cast<size_t>(scores.size(1))};
}

}  // namespace

TEST_CASE("log sums and log-probabilities are those of the definition") {
  for (const int64_t width : {1, 2, 15, 16, 17, 100, 8001}) {
    at::Tensor scores = random_tensor({5, width}, 1) * 10;
    if (width > 1) scores[2][1] = -kInfinity;
    const at::Tensor exact = scores.to(at::kDouble);
    const at::Tensor exact_sums = at::logsumexp(exact, {1});
    const std::vector<float> sums = kernels::log_sums(scores);
    CHECK(is_same(scores.to(at::kDouble), exact));
    CHECK(kernels::log_softmax_in_place(scores) == sums);
    for (size_t r = 0; r < 5; ++r) {
      CHECK(sums[r] == Approx(exact_sums[static_cast<int64_t>(r)].item<double>()).epsilon(1e-6));
    }
    const at::Tensor probs = at::log_softmax(exact, 1).exp();
    CHECK(difference(scores.exp(), probs) < 1e-5);
    CHECK(difference(scores.clamp_min(-100), at::log_softmax(exact, 1).clamp_min(-100)) < 1e-5);
  }
}

TEST_CASE("rows without a finite sum give NaN") {
  at::Tensor scores = random_tensor({4, 37}, 1);
  scores[0][36] = std::nanf("");
  scores[1][3] = kInfinity;
  scores[2].fill_(-kInfinity);
  const std::vector<float> sums = kernels::log_sums(scores);
  for (size_t r = 0; r < 3; ++r) CHECK_FALSE(std::isfinite(sums[r]));
  CHECK(std::isfinite(sums[3]));
}

TEST_CASE("next_above finds every score above a threshold, in order") {
  const at::Tensor scores = random_tensor({1, 203}, 4);
  const auto row = row_of(scores, 0);
  for (const float threshold : {-kInfinity, -1.0F, 0.5F, 1.5F, 100.0F}) {
    std::vector<size_t> expected;
    for (size_t i = 0; i < row.size(); ++i) {
      if (row[i] + 0.25F > threshold) expected.push_back(i);
    }
    std::vector<size_t> found;
    for (size_t i = kernels::next_above(row, 0, 0.25F, threshold); i < row.size();
         i = kernels::next_above(row, i + 1, 0.25F, threshold)) {
      found.push_back(i);
    }
    CHECK(found == expected);
  }
  CHECK(kernels::next_above(row, row.size(), 0.0F, -100.0F) == row.size());
}

TEST_CASE("argmax is the first of the largest") {
  for (const int64_t width : {1, 16, 33, 500}) {
    const at::Tensor scores = (random_tensor({6, width}, 7) * 3).round();  // many are equal
    for (int64_t r = 0; r < 6; ++r) {
      const auto row = row_of(scores, r);
      CHECK(kernels::argmax(row) ==
            static_cast<size_t>(std::ranges::max_element(row) - row.begin()));
    }
  }
  CHECK(kernels::argmax(std::vector<float>(40, -kInfinity)) == 0);
}

TEST_CASE("scores that are not rows of floats are refused") {
  CHECK_THROWS_AS(kernels::log_sums(random_tensor({3}, 1)), InternalError);
  CHECK_THROWS_AS(kernels::log_sums(random_tensor({3, 4}, 1, at::kDouble)), InternalError);
  CHECK_THROWS_AS(kernels::log_sums(random_tensor({3, 4}, 1).t()), InternalError);
}
