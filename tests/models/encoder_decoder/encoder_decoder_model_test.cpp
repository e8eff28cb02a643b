#include "models/encoder_decoder/encoder_decoder_model.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/load.h"
#include "models/models_test_support.h"
#include "models/parity/parity.h"
#include "support/test_support.h"
#include "tensors/named_tensors.h"

namespace finetune::models {
namespace {

using nlohmann::json;

const std::vector<std::string> kPairs = {"bert_to_bert", "bert_share", "electra_to_roberta",
                                         "roberta_to_electra", "distilbert_to_gpt2"};

std::unique_ptr<Seq2SeqModel> tiny(const std::string& name, double dropout = 0.0) {
  GeneratorOptions options;
  options.dropout = dropout;
  return load_seq2seq_model(test::fixture_folder(name), options, 1, {}).model;
}

EncodedSource two_sources(Seq2SeqModel& model, const nn::Pass& pass = {}) {
  return model.encode(test::make_batch({{{7, 8, 9, 1}, {}}, {{5, 1}, {}}}), pass);
}

TEST_CASE("an encoder-decoder decodes token by token as it does all at once") {
  const c10::NoGradGuard no_grad;
  for (const std::string& name : kPairs) {
    INFO(name);
    const auto model = tiny(name);
    const EncodedSource source = two_sources(*model);
    const std::vector<std::vector<int64_t>> texts = {{2, 6, 7, 8, 9}, {2, 9, 10, 12, 11}};
    const at::Tensor expected =
        model->decode(test::make_batch({{texts[0], {}}, {texts[1], {}}}), source, {}, {});
    const auto decoder = model->start_decoding(source);
    const nn::TokenBatch starts = test::make_batch({{{2}, {}}, {{2}, {}}});
    at::Tensor states = decoder->prefill(starts.token_ids, starts.sequences);
    for (size_t n = 0; n < texts[0].size(); ++n) {
      const auto row = static_cast<int64_t>(n);
      CHECK(test::largest_difference(states[0], expected[row]) < 1e-5);
      CHECK(test::largest_difference(states[1], expected[row + 5]) < 1e-5);
      if (n + 1 == texts[0].size()) break;
      const std::vector<int64_t> next = {texts[0][n + 1], texts[1][n + 1]};
      states = decoder->step(next, std::vector<int64_t>{0, 1});
    }
  }
}

TEST_CASE("dropout of an encoder-decoder is off in evaluation, and a function of seed and step") {
  for (const std::string& name : kPairs) {
    INFO(name);
    const auto model = tiny(name, 0.3);
    const auto states = [&](const nn::Pass& pass) {
      return model->decode(test::make_batch({{{2, 6}, {}}, {{2, 9, 10}, {}}}),
                           two_sources(*model, pass), pass, {});
    };
    CHECK(states({false, 1, 1}).equal(states({})));
    CHECK(states({true, 1, 1}).equal(states({true, 1, 1})));
    CHECK_FALSE(states({true, 1, 1}).equal(states({true, 1, 2})));
  }
}

TEST_CASE("source and target have their own vocabularies and lengths") {
  const auto model = tiny("electra_to_roberta");
  CHECK(model->vocab_size() == 32);
  CHECK(model->target_vocab_size() == 27);
  CHECK(model->max_length() == 28);
  CHECK(model->max_target_length() == 26);
  const nn::TokenBatch target = test::make_batch({{{2, 27}, {}}});
  const EncodedSource source = model->encode(test::make_batch({{{31}, {}}}), {});
  CHECK_THROWS_AS(model->decode(target, source, {}, {}), InternalError);
}

TEST_CASE("a decoder without cross-attention weights gets fresh ones and says so") {
  const test::TemporaryFolder temporary;
  auto weights =
      tensors::read_safetensors(test::fixture_folder("bert_to_bert") / "model.safetensors");
  const size_t before = weights.size();
  std::erase_if(weights, [](const auto& item) {
    return item.first.find("crossattention") != std::string::npos;
  });
  CHECK(before - weights.size() == 10);
  const json config =
      json::parse(test::read_file(test::fixture_folder("bert_to_bert") / "config.json"));
  const auto model = build_seq2seq_model(config, {}, 1);
  const LoadReport report = load_weights(*model, weights, {});
  CHECK(report.initialized.size() == 10);
  for (const std::string& name : report.initialized) {
    CHECK(name.find("crossattention") != std::string::npos);
  }
  LoadOptions own;
  own.allow_new_head = false;
  CHECK_THAT(test::error_of<CheckpointError>([&] { load_weights(*model, weights, own); }),
             Catch::Contains("missing (10)"));
}

TEST_CASE("embeddings of another vocabulary than the config's are refused tensor by tensor") {
  json config = json::parse(test::read_file(test::fixture_folder("bert_to_bert") / "config.json"));
  config["decoder"]["vocab_size"] = 28;
  const auto model = build_seq2seq_model(config, {}, 1);
  const auto weights =
      tensors::read_safetensors(test::fixture_folder("bert_to_bert") / "model.safetensors");
  CHECK_THAT(
      test::error_of<CheckpointError>([&] { load_weights(*model, weights, {}); }),
      Catch::Contains("decoder.bert.embeddings.word_embeddings.weight: [27, 12] in the file, "
                      "[28, 12] in the model"));
}

TEST_CASE("shared layers are one set of parameters, and the pooler is never trained") {
  const auto shared = tiny("bert_share");
  const auto apart = tiny("bert_to_bert");
  const auto count = [](Seq2SeqModel& model) {
    int64_t trained = 0;
    for (const auto& parameter : named_parameters(model.module())) {
      const bool is_pooler = parameter.name.starts_with("pooler.");
      CHECK(parameter.value.requires_grad() == !is_pooler);
      trained += parameter.value.requires_grad() ? parameter.value.numel() : 0;
    }
    return trained;
  };
  // One layer of width 12 with 20 inner ones, and the tables, are counted once.
  const int64_t layer = 4 * (12 * 12 + 12) + 2 * 12 * 20 + 20 + 12 + 4 * 12;
  const int64_t tables = (27 + 28 + 2) * 12 + 2 * 12;
  CHECK(count(*apart) - count(*shared) == layer + tables - (32 - 27));
}

}  // namespace
}  // namespace finetune::models
