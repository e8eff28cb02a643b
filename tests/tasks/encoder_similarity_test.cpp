#include "tasks/encoder_similarity.h"

#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>

#include <catch2/catch.hpp>

using namespace finetune;
using tasks::encoder_similarity;

namespace {

/// Rows of two numbers.
at::Tensor states(std::vector<float> numbers) { return at::tensor(numbers).view({-1, 2}); }

}  // namespace

TEST_CASE("the similarity is the mean cosine between positions of a text, over texts") {
  // (1, 0), (0, 2), (3, 0): cosines 0, 1, 0. (1, 1), (2, 2): 1. A text of one token has none.
  const at::Tensor two_texts = states({1, 0, 0, 2, 3, 0, 1, 1, 2, 2, 5, 5});
  CHECK(*encoder_similarity(two_texts, {{0, 3, 5, 6}}) == Approx((1.0 / 3.0 + 1.0) / 2.0));
  CHECK(*encoder_similarity(states({1, 0, -1, 0}), {{0, 2}}) == Approx(-1.0));
  CHECK_FALSE(encoder_similarity(states({1, 0}), {{0, 1}}).has_value());
}

TEST_CASE("equal outputs count as collapsed, whatever their scale, and others do not") {
  const at::Tensor same = at::ones({7, 16}).mul(at::tensor({0.001F}));
  CHECK(*encoder_similarity(same, {{0, 4, 7}}) > tasks::kCollapsedSimilarity);
  CHECK(*encoder_similarity(states({1, 0, 1, 0.2F}), {{0, 2}}) < tasks::kCollapsedSimilarity);
  CHECK(*encoder_similarity(states({0, 0, 0, 0}), {{0, 2}}) < 1.0);  // nothing is like nothing
}
