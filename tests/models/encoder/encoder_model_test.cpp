#include "models/encoder/encoder_model.h"

#include <ATen/ops/tensor.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/load.h"
#include "models/models_test_support.h"
#include "support/test_support.h"

namespace finetune::models {
namespace {

using nlohmann::json;

// fp32 against fp32 of another order of summation, two layers deep, logits near 1.
constexpr double kForwardTolerance = 1e-5;

const std::vector<test::Sequence> kSequences = {
    {{2, 7, 15, 59, 3}, {}}, {{2, 41, 42, 43, 3, 12, 11, 3}, {0, 0, 0, 0, 0, 1, 1, 1}}, {{9}, {}}};

at::Tensor evaluate(SequenceClassifier& model, const std::vector<test::Sequence>& sequences) {
  const c10::NoGradGuard no_grad;
  return model.logits(test::make_batch(sequences), nn::Pass{});
}

TEST_CASE("hidden states of real checkpoint files equal an independent forward pass") {
  for (const char* name : {"bert-xsmall-dummy", "tiny_bert"}) {
    const auto folder = test::shared_data(std::string("checkpoints-tiny/") + name);
    if (!folder) return;
    const auto loaded = load_sequence_classifier(*folder, {}, 1, {});
    const auto& model = dynamic_cast<EncoderClassifier&>(*loaded.model);
    const json expected = json::parse(test::read_file(*folder / "expected_forward.json"));
    for (const json& one : expected["cases"]) {
      int64_t length = 0;  // padding stands at the end
      for (const json& is_token : one["attention_mask"]) length += is_token.get<int64_t>();
      test::Sequence sequence{one["input_ids"], one["token_type_ids"]};
      sequence.ids.resize(static_cast<size_t>(length));
      sequence.segments.resize(static_cast<size_t>(length));
      const nn::TokenBatch batch = test::make_batch({sequence});
      const auto real_rows = [&](const char* key) {
        return test::read_matrix(one[key]).narrow(0, 0, length);
      };
      CHECK(test::largest_difference(model.encoder().embed(batch, {}),
                                     real_rows("embedding_output")) < kForwardTolerance);
      CHECK(test::largest_difference(model.encoder().forward(batch, {}),
                                     real_rows("last_hidden_state")) < kForwardTolerance);
    }
  }
}

TEST_CASE("permuting the sequences of a batch permutes its logits") {
  const auto model = test::load_tiny_bert();
  const at::Tensor logits = evaluate(*model, kSequences);
  const at::Tensor permuted = evaluate(*model, {kSequences[2], kSequences[0], kSequences[1]});
  CHECK(test::largest_difference(permuted, logits.index_select(0, at::tensor({2, 0, 1}))) < 1e-6);
}

TEST_CASE("dropout is off in evaluation, and in training a function of seed and step") {
  const auto model = test::load_tiny_bert(0.3);
  const auto logits = [&](const nn::Pass& pass) {
    return model->logits(test::make_batch(kSequences), pass);
  };
  CHECK(logits({false, 1, 1}).equal(logits({})));
  CHECK(logits({true, 1, 1}).equal(logits({true, 1, 1})));
  CHECK_FALSE(logits({true, 1, 1}).equal(logits({true, 1, 2})));
  CHECK_FALSE(logits({true, 1, 1}).equal(logits({true, 2, 1})));
  CHECK_FALSE(logits({true, 1, 1}).equal(logits({})));
}

TEST_CASE("ids and positions beyond their tables are refused before anything is computed") {
  const auto model = test::load_tiny_bert();
  CHECK_THROWS_AS(evaluate(*model, {{{2, 60, 3}, {}}}), InternalError);
  CHECK_THROWS_AS(evaluate(*model, {{{2, -1, 3}, {}}}), InternalError);
  CHECK_THROWS_AS(evaluate(*model, {{{2, 3}, {0, 2}}}), InternalError);
  CHECK_THROWS_AS(evaluate(*model, {{std::vector<int64_t>(25, 5), {}}}), InternalError);
  CHECK_NOTHROW(evaluate(*model, {{std::vector<int64_t>(24, 5), {}}}));
}

TEST_CASE("the epsilon of the config reaches the norms") {
  json config = test::tiny_config();
  const auto usual = build_sequence_classifier(config, {}, 1);
  config["layer_norm_eps"] = 0.5;
  const auto larger = build_sequence_classifier(config, {}, 1);
  CHECK(test::largest_difference(evaluate(*usual, kSequences), evaluate(*larger, kSequences)) >
        1e-3);
}

}  // namespace
}  // namespace finetune::models
