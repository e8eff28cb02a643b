#include "nn/transformer_stack.h"

#include <ATen/ops/tensor.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "nn/nn_test_support.h"

namespace finetune::nn {
namespace {

constexpr double kTolerance = 1e-5;  // two layers of fp32

TransformerStackOptions small_options() {
  TransformerStackOptions options;
  options.embeddings.vocab_size = 10;
  options.embeddings.num_positions = 8;
  options.embeddings.width = 8;
  options.block.attention.width = 8;
  options.block.attention.num_heads = 2;
  options.block.attention.mask = kernels::Mask::kCausal;
  options.block.inner_width = 12;
  options.num_layers = 2;
  return options;
}

TokenBatch small_batch() {
  TokenBatch batch;
  batch.token_ids = at::tensor({3, 9, 0, 7, 7}, at::kLong);
  batch.positions = at::tensor({0, 1, 2, 0, 1}, at::kLong);
  batch.sequences.offsets = {0, 3, 5};
  return batch;
}

TEST_CASE("a stack runs its layers in order and normalises the end where it is told to") {
  for (const NormPlace place : {NormPlace::kAfter, NormPlace::kBefore}) {
    TransformerStackOptions options = small_options();
    options.block.norm_place = place;
    options.has_final_norm = place == NormPlace::kBefore;
    DropoutPlaces places;
    TransformerStack stack(options, places);
    test::randomize(stack);
    const TokenBatch batch = small_batch();
    at::Tensor x = stack.embed(batch, Pass{});
    for (const char* name : {"layer_0", "layer_1"}) {
      const auto& layer = dynamic_cast<TransformerBlock&>(*stack.named_children()[name]);
      x = layer.forward(x, batch.sequences, Pass{});
    }
    if (options.has_final_norm) x = test::plain_norm(stack, "final_norm.", x, 1e-12);
    CHECK(test::largest_difference(stack.forward(batch, Pass{}), x) < kTolerance);
    StackInput some;
    some.rows = at::tensor({2, 4}, at::kLong);
    CHECK(test::largest_difference(stack.forward(batch, Pass{}, some),
                                   x.index_select(0, some.rows)) < kTolerance);
  }
}

TEST_CASE("scores of later layers are divided by their number where the options say so") {
  TransformerStackOptions options = small_options();
  options.num_layers = 1;
  DropoutPlaces places;
  TransformerStack plain(options, places);
  options.divides_scale_by_layer = true;
  TransformerStack first(options, places);
  options.num_layers = 2;
  TransformerStack two(options, places);
  options.divides_scale_by_layer = false;
  TransformerStack two_plain(options, places);
  for (TransformerStack* stack : {&plain, &first, &two, &two_plain}) test::randomize(*stack);
  const auto run = [](const TransformerStack& stack) {
    return stack.forward(small_batch(), Pass{});
  };
  CHECK(run(plain).equal(run(first)));
  CHECK_FALSE(run(two_plain).equal(run(two)));
}

TEST_CASE("a relative bias and a dropout at the end change what a stack gives") {
  TransformerStackOptions options = small_options();
  DropoutPlaces places;
  TransformerStack plain(options, places);
  options.bias = RelativeBiasOptions{};
  options.bias->num_heads = 2;
  options.final_dropout_probability = 0.5F;
  TransformerStack biased(options, places);
  test::randomize(plain);
  test::randomize(biased);
  const TokenBatch batch = small_batch();
  CHECK(test::parameter(biased, "relative_bias.bias").sizes() == at::IntArrayRef{32, 2});
  CHECK_FALSE(plain.forward(batch, Pass{}).equal(biased.forward(batch, Pass{})));
  const at::Tensor dropped = biased.forward(batch, Pass{true, 1, 1});
  CHECK((dropped == 0).any().item<bool>());
}

TEST_CASE("embeddings of another width are projected to that of the layers") {
  TransformerStackOptions options = small_options();
  options.embeddings.width = 4;
  DropoutPlaces places;
  TransformerStack stack(options, places);
  test::randomize(stack);
  const TokenBatch batch = small_batch();
  const auto& embeddings = dynamic_cast<Embeddings&>(*stack.named_children()["embeddings"]);
  const at::Tensor projected =
      test::plain_linear(stack, "projection.", embeddings.forward(batch, Pass{}));
  CHECK(projected.size(1) == 8);
  CHECK(test::largest_difference(stack.embed(batch, Pass{}), projected) < kTolerance);
}

TEST_CASE("a twin uses the layers of another stack and owns its cross-attention only") {
  const TransformerStackOptions options = small_options();
  TransformerStackOptions twin_options = options;
  twin_options.block.has_cross_attention = true;
  DropoutPlaces places;
  TransformerStack stack(options, places);
  TransformerStack twin(twin_options, places, stack);
  test::randomize(stack);
  test::randomize(twin);
  for (const std::string& name : test::parameter_names(twin)) {
    INFO(name);
    CHECK(name.find(".cross_") != std::string::npos);
  }
  CHECK(test::parameter_names(twin).size() == 2 * 8);
  {
    const c10::NoGradGuard no_grad;  // with nothing read from the source, two norms stand in a row
    for (const char* name : {"layer_0.cross_output.", "layer_1.cross_output."}) {
      test::parameter(twin, std::string(name) + "weight").fill_(0.0);
      test::parameter(twin, std::string(name) + "bias").fill_(0.0);
    }
    for (const char* name : {"layer_0.cross_norm.", "layer_1.cross_norm."}) {
      test::parameter(twin, std::string(name) + "gain").fill_(1.0);
      test::parameter(twin, std::string(name) + "shift").fill_(0.0);
    }
    // A norm of a norm is the norm itself where the first has neither gain nor shift.
    for (const char* name : {"layer_0.attention_norm.", "layer_1.attention_norm."}) {
      test::parameter(stack, std::string(name) + "gain").fill_(1.0);
      test::parameter(stack, std::string(name) + "shift").fill_(0.0);
    }
  }
  const TokenBatch batch = small_batch();
  Source source;
  source.states = test::random_matrix(3, 8);
  source.sequences.offsets = {0, 1, 3};
  StackInput input;
  input.source = &source;
  const at::Tensor out = twin.forward(batch, Pass{}, input);
  CHECK(test::largest_difference(out, stack.forward(batch, Pass{})) < kTolerance);
  // Both uses add to the one gradient.
  (stack.forward(batch, Pass{}).sum() + out.square().sum()).backward();
  CHECK(test::parameter(stack, "layer_0.attention.qkv.weight").grad().defined());
}

}  // namespace
}  // namespace finetune::nn
