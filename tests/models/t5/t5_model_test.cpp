#include "models/t5/t5_model.h"

#include <ATen/ops/tensor.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "models/load.h"
#include "models/models_test_support.h"
#include "models/parity/parity.h"

namespace finetune::models {
namespace {

std::unique_ptr<Seq2SeqModel> tiny(double dropout) {
  GeneratorOptions options;
  options.dropout = dropout;
  return load_seq2seq_model(test::fixture_folder("t5"), options, 1, {}).model;
}

at::Tensor states(Seq2SeqModel& model, const nn::Pass& pass) {
  const EncodedSource source =
      model.encode(test::make_batch({{{7, 8, 9, 1}, {}}, {{5, 1}, {}}}), pass);
  return model.decode(test::make_batch({{{0, 6}, {}}, {{0, 9, 10}, {}}}), source, pass, {});
}

TEST_CASE("T5's dropout is off in evaluation, and in training a function of seed and step") {
  const auto model = tiny(0.3);
  CHECK(states(*model, {false, 1, 1}).equal(states(*model, {})));
  CHECK(states(*model, {true, 1, 1}).equal(states(*model, {true, 1, 1})));
  CHECK_FALSE(states(*model, {true, 1, 1}).equal(states(*model, {true, 1, 2})));
  CHECK_FALSE(states(*model, {true, 1, 1}).equal(states(*model, {})));
}

TEST_CASE("T5 has no last position: texts beyond the longest distance are computed") {
  const c10::NoGradGuard no_grad;
  const auto model = tiny(0.0);
  CHECK(model->max_length() > 1'000'000);
  const std::vector<int64_t> text(300, 7);
  const at::Tensor encoded = model->encode(test::make_batch({{text, {}}}), {}).states;
  CHECK(encoded.size(0) == 300);
  // Equal words far from both ends see the same distances on both sides but for the farthest.
  CHECK(encoded.isfinite().all().item<bool>());
}

TEST_CASE("T5 decodes token by token as it does all at once") {
  const c10::NoGradGuard no_grad;
  for (const char* name : {"t5", "mt5"}) {
    INFO(name);
    const auto model = load_seq2seq_model(test::fixture_folder(name), {}, 1, {}).model;
    const EncodedSource source =
        model->encode(test::make_batch({{{7, 8, 9, 1}, {}}, {{5, 1}, {}}}), {});
    // Longer than the distances that have buckets of their own; the sources in their order.
    const std::vector<std::vector<int64_t>> texts = {
        {0, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21},
        {0, 9, 10, 9, 10, 9, 10, 9, 10, 11, 12, 11, 12, 11, 12, 11, 5}};
    const at::Tensor expected =
        model->decode(test::make_batch({{texts[0], {}}, {texts[1], {}}}), source, {}, {});
    const auto decoder = model->start_decoding(source);
    const nn::TokenBatch starts = test::make_batch({{{0}, {}}, {{0}, {}}});
    at::Tensor states = decoder->prefill(starts.token_ids, starts.sequences);
    for (size_t n = 0; n < texts[0].size(); ++n) {
      const auto row = static_cast<int64_t>(n);
      const auto other = static_cast<int64_t>(texts[0].size() + n);
      CHECK(test::largest_difference(states[0], expected[row]) < 1e-5);
      CHECK(test::largest_difference(states[1], expected[other]) < 1e-5);
      if (n + 1 == texts[0].size()) break;
      const std::vector<int64_t> next = {texts[0][n + 1], texts[1][n + 1]};
      states = decoder->step(next, std::vector<int64_t>{0, 1});
    }
  }
}

TEST_CASE("asking for some rows only gives those rows") {
  const c10::NoGradGuard no_grad;
  const auto model = tiny(0.0);
  const EncodedSource source = model->encode(test::make_batch({{{7, 8, 9, 1}, {}}}), {});
  const nn::TokenBatch target = test::make_batch({{{0, 6, 11, 12}, {}}});
  const at::Tensor all = model->decode(target, source, {}, {});
  const at::Tensor rows = at::tensor({1, 3}, at::kLong);
  CHECK(test::largest_difference(model->decode(target, source, {}, rows),
                                 all.index_select(0, rows)) < 1e-6);
}

}  // namespace
}  // namespace finetune::models
