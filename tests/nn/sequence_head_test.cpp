#include "nn/sequence_head.h"

#include <ATen/ops/gelu.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <c10/core/GradMode.h>

#include <catch2/catch.hpp>
#include <cmath>

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

TEST_CASE("a sequence head may pool by ReLU or GELU") {
  const at::Tensor x = test::random_matrix(4, 6);
  SequenceHeadOptions options = small_options();
  using kernels::Activation;
  for (const Activation pooling : {Activation::kRelu, Activation::kGelu}) {
    DropoutPlaces places;
    options.pooling = pooling;
    SequenceHead head(options, places);
    test::randomize(head);
    const at::Tensor inner = test::plain_linear(head, "pooler.", x);
    const at::Tensor pooled = pooling == Activation::kRelu ? at::relu(inner) : at::gelu(inner);
    CHECK(test::largest_difference(head.forward(x, Pass{}),
                                   test::plain_linear(head, "classifier.", pooled)) < 1e-6);
  }
}

TEST_CASE("a sequence head may drop the state before its pooler, too") {
  const at::Tensor x = at::ones({4, 6});
  for (const bool drops_input : {false, true}) {
    DropoutPlaces places;
    SequenceHeadOptions options = small_options();
    options.drops_input = drops_input;
    SequenceHead head(options, places);
    CHECK(places.next == (drops_input ? 2U : 1U));
    test::randomize(head);
    {
      // A classifier that adds up the pooled state tells whether the pooler saw four equal rows.
      const c10::NoGradGuard no_grad;
      test::parameter(head, "classifier.weight").fill_(1.0);
      test::parameter(head, "pooler.bias").fill_(0.0);
      test::parameter(head, "pooler.weight").fill_(0.01);
    }
    // tanh(0.06) where nothing was dropped before the pooler: each logit is a multiple of twice it.
    const at::Tensor logits =
        head.forward(x, Pass{true, 1, 1}) - test::parameter(head, "classifier.bias");  // [B, C]
    const at::Tensor multiples = logits / (2 * std::tanh(0.06));
    const bool are_whole = test::largest_difference(multiples, multiples.round()) < 1e-5;
    CHECK(are_whole == !drops_input);
  }
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
