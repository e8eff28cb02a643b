#include "nn/sequence_head.h"

#include <catch2/catch.hpp>

#include "nn/nn_test_support.h"

namespace finetune::nn {
namespace {

SequenceHeadOptions small_options() {
  SequenceHeadOptions options;
  options.width = 6;
  options.num_labels = 3;
  options.dropout_probability = 0.5F;
  return options;
}

TEST_CASE("a sequence head classifies the tanh of the pooled state") {
  DropoutPlaces places;
  SequenceHead head(small_options(), places);
  test::randomize(head);
  const at::Tensor x = test::random_matrix(4, 6);
  const at::Tensor pooled = test::plain_linear(head, "pooler.", x).tanh();
  CHECK(test::largest_difference(head.forward(x, Pass{}),
                                 test::plain_linear(head, "classifier.", pooled)) <
        1e-6);  // short fp32 sums of values near 1
}

TEST_CASE("a sequence head drops the pooled state in training only") {
  DropoutPlaces places;
  SequenceHead head(small_options(), places);
  test::randomize(head);
  const at::Tensor x = test::random_matrix(4, 6);
  CHECK(head.forward(x, Pass{false, 1, 1}).equal(head.forward(x, Pass{})));
  CHECK_FALSE(head.forward(x, Pass{true, 1, 1}).equal(head.forward(x, Pass{})));
  CHECK_FALSE(head.forward(x, Pass{true, 1, 1}).equal(head.forward(x, Pass{true, 1, 2})));
}

TEST_CASE("the mask of a sequence head is that of its place") {
  DropoutPlaces places;
  SequenceHead head(small_options(), places);
  SequenceHead elsewhere(small_options(), places);
  test::randomize(head);
  test::randomize(elsewhere);
  const at::Tensor x = test::random_matrix(4, 6);
  CHECK(head.forward(x, Pass{}).equal(elsewhere.forward(x, Pass{})));
  CHECK_FALSE(head.forward(x, Pass{true, 1, 1}).equal(elsewhere.forward(x, Pass{true, 1, 1})));
}

}  // namespace
}  // namespace finetune::nn
