#include "models/bart/bart_model.h"

#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "kernels/ops.h"
#include "models/load.h"
#include "models/models_test_support.h"
#include "models/parity/parity.h"
#include "support/test_support.h"

namespace finetune::models {
namespace {

using nlohmann::json;

constexpr double kTolerance = 1e-5;  // fp32, two layers a side

nn::TokenBatch one(const std::vector<int64_t>& ids) { return test::make_batch({{ids, {}}}); }

/// Greedy ids without `pad`, at most `limit`, the end included.
std::vector<int64_t> greedy(Seq2SeqModel& model, const EncodedSource& source, size_t limit) {
  const SpecialIds ids = model.special_ids();
  const auto decoder = model.start_decoding(source);
  at::Tensor state = decoder->prefill(at::tensor({*ids.decoder_start}, at::kLong), {{0, 1}});
  std::vector<int64_t> out;
  while (out.size() < limit) {
    at::Tensor scores = logits(model.head(), state);
    scores.select(1, *ids.pad).fill_(-1e9);
    out.push_back(scores.argmax(1).item<int64_t>());
    if (out.back() == ids.eos.front()) break;
    state = decoder->step(std::vector<int64_t>{out.back()}, std::vector<int64_t>{0});
  }
  return out;
}

TEST_CASE(
    "a Marian made elsewhere gives states, logits and losses of an independent forward pass") {
  const auto folder = test::shared_data("checkpoints-made/marian");
  if (!folder) return;
  const c10::NoGradGuard no_grad;
  const auto loaded = load_seq2seq_model(*folder, {}, 1, {});
  Seq2SeqModel& model = *loaded.model;
  const json expected = json::parse(test::read_file(*folder / "expected_forward.json"));
  for (const json& one_case : expected["cases"]) {
    std::vector<int64_t> ids = one_case["input_ids"];
    int64_t length = 0;  // padding stands at the end
    for (const json& is_token : one_case["attention_mask"]) length += is_token.get<int64_t>();
    ids.resize(static_cast<size_t>(length));
    const EncodedSource source = model.encode(one(ids), {});
    CHECK(test::largest_difference(
              source.states,
              test::read_matrix(one_case["encoder_last_hidden_state"]).narrow(0, 0, length)) <
          kTolerance);
    const std::vector<int64_t> labels = one_case["labels"];
    const std::vector<int64_t> inputs =
        decoder_inputs(labels, model.special_ids().decoder_start.value());
    CHECK(inputs == one_case["decoder_input_ids"].get<std::vector<int64_t>>());
    const at::Tensor states = model.decode(one(inputs), source, {}, {});
    CHECK(test::largest_difference(logits(model.head(), states),
                                   test::read_matrix(one_case["logits"])) < kTolerance);
    const at::Tensor loss =
        kernels::head_cross_entropy_sum(states, {model.head().weight, model.head().bias, 0.0},
                                        at::tensor(labels)) /
        static_cast<double>(labels.size());
    CHECK(loss.item<double>() == Approx(one_case["loss"].get<double>()).margin(kTolerance));
    CHECK(greedy(model, source, 10) ==
          one_case["greedy_at_most_10_pad_forbidden"].get<std::vector<int64_t>>());
  }
}

TEST_CASE("only the rows asked for come back from a decoder") {
  const c10::NoGradGuard no_grad;
  const auto model = load_seq2seq_model(test::fixture_folder("mbart"), {}, 1, {}).model;
  const EncodedSource source = model->encode(test::make_batch({{{5, 6, 7}, {}}, {{8, 9}, {}}}), {});
  const nn::TokenBatch target = test::make_batch({{{2, 10}, {}}, {{2, 11, 12}, {}}});
  const at::Tensor rows = at::tensor({1, 4}, at::kLong);
  CHECK(test::largest_difference(model->decode(target, source, {}, rows),
                                 model->decode(target, source, {}, {}).index_select(0, rows)) <
        1e-6);
}

TEST_CASE("the loss behind the head equals the loss of the logits, gradients included") {
  const json batch = test::fixture_expected("bart")["batch"];
  std::vector<at::Tensor> gradients;
  for (const bool is_fused : {false, true}) {
    const auto subject = test::load_fixture("bart");
    auto& model = dynamic_cast<Seq2SeqModel&>(subject->model());
    std::vector<test::Sequence> sources;
    std::vector<test::Sequence> targets;
    for (const json& sequence : batch) {
      sources.push_back({sequence["ids"], {}});
      targets.push_back({decoder_inputs(sequence["labels"].get<std::vector<int64_t>>(), 2), {}});
    }
    const at::Tensor labels = subject->labels(batch);
    const at::Tensor states = model.decode(test::make_batch(targets),
                                           model.encode(test::make_batch(sources), {}), {}, {});
    const VocabularyHead head = model.head();
    const at::Tensor loss =
        is_fused ? kernels::head_cross_entropy_sum(states, {head.weight, head.bias, 0.1}, labels)
                 : kernels::cross_entropy_sum(logits(head, states), labels, 0.1);
    loss.backward();
    gradients.push_back(model.module().named_parameters()["shared"].grad());
  }
  const double scale = gradients[0].abs().max().item<double>();
  CHECK(test::largest_difference(gradients[0], gradients[1]) < 1e-5 * scale);
}

TEST_CASE("an encoder-decoder drops in training only, as seed and step say") {
  GeneratorOptions options;
  options.dropout = 0.3;
  const auto model = load_seq2seq_model(test::fixture_folder("marian"), options, 1, {}).model;
  const auto run = [&](const nn::Pass& pass) {
    return model->decode(one({3, 6, 7}), model->encode(one({5, 6}), pass), pass, {});
  };
  CHECK(run({false, 1, 1}).equal(run({})));
  CHECK(run({true, 1, 1}).equal(run({true, 1, 1})));
  CHECK_FALSE(run({true, 1, 1}).equal(run({true, 1, 2})));
  CHECK_FALSE(run({true, 1, 1}).equal(run({})));
}

TEST_CASE("an encoder-decoder refuses ids and positions beyond their tables") {
  const auto model = load_seq2seq_model(test::fixture_folder("bart"), {}, 1, {}).model;
  CHECK_THROWS_AS(model->encode(one({5, 32}), {}), InternalError);
  CHECK_THROWS_AS(model->encode(one(std::vector<int64_t>(25, 5)), {}), InternalError);
  CHECK_NOTHROW(model->encode(one(std::vector<int64_t>(24, 5)), {}));
}

}  // namespace
}  // namespace finetune::models
