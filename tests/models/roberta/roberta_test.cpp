#include "models/roberta/roberta.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/models_test_support.h"
#include "models/parity/parity.h"
#include "support/test_support.h"
#include "tensors/named_tensors.h"

namespace finetune::models {
namespace {

using nlohmann::json;

json tiny(const std::string& name = "roberta") {
  return json::parse(test::read_file(test::fixture_folder(name) / "config.json"));
}

EncoderConfig read(const json& source) {
  return read_encoder_config(roberta_family().config, source, {});
}

std::string error_with(const std::string& key, const json& value) {
  json config = tiny();
  config[key] = value;
  return test::error_of<CheckpointError>([&] { read(config); });
}

TEST_CASE("absent keys make RoBERTa-base, as for Hugging Face") {
  const EncoderConfig config = read(json::object());
  CHECK(config.vocab_size == 50265);
  CHECK(config.first_position == 2);
  CHECK(config.max_length() == 510);
  CHECK(read_encoder_config(xlm_roberta_family().config, json::object(), {}).vocab_size == 30522);
}

TEST_CASE("positions before and at the padding id belong to no sequence") {
  CHECK(make_roberta_classifier(tiny(), {})->max_length() == 24 - 3);  // pad_token_id 2
  CHECK(make_xlm_roberta_classifier(tiny("xlm_roberta"), {})->max_length() == 24 - 2);
  CHECK(make_roberta_classifier(tiny(), {})->num_segments() == 1);
}

TEST_CASE("a padding id that leaves no positions or is no id is refused") {
  CHECK_THAT(error_with("max_position_embeddings", 3),
             Catch::Contains("'max_position_embeddings' 3 leaves no position after those up to "
                             "'pad_token_id' 2"));
  for (const json& value : {json(-1), json(32), json(nullptr), json("1")}) {
    CHECK_THAT(error_with("pad_token_id", value), Catch::Contains("'pad_token_id' is"));
  }
}

TEST_CASE("values that RoBERTa would compute with and we do not are refused") {
  CHECK_THAT(error_with("position_embedding_type", "relative_key_query"),
             Catch::Contains("position_embedding_type"));
  CHECK_THAT(error_with("is_decoder", true), Catch::Contains("is_decoder"));
  CHECK_THAT(error_with("hidden_act", "mish"), Catch::Contains("hidden_act"));
}

TEST_CASE("an export of XLM-R is one again") {
  const json exported = make_xlm_roberta_classifier(tiny("xlm_roberta"), {})->config();
  CHECK(exported["architectures"] == json{"XLMRobertaForSequenceClassification"});
  CHECK(exported["model_type"] == "xlm-roberta");
  CHECK(exported["pad_token_id"] == 1);
}

/// The fixture's tensors as other Hugging Face classes save them.
tensors::NamedTensors weights_of_others(bool has_prefix) {
  tensors::NamedTensors weights;
  for (const auto& [name, view] :
       tensors::read_safetensors(test::fixture_folder("roberta") / "model.safetensors")) {
    if (!name.starts_with("roberta.")) continue;
    weights[has_prefix ? name : name.substr(8)] = view;
    if (name != "roberta.embeddings.LayerNorm.bias") continue;
    weights[has_prefix ? "lm_head.layer_norm.bias" : "pooler.dense.bias"] = view;
    if (has_prefix) weights["roberta.pooler.dense.bias"] = view;
  }
  return weights;
}

TEST_CASE("masked-LM checkpoints and bare encoders, with a pooler, load and want a head") {
  const std::vector<std::string> head = {"classifier.dense.weight", "classifier.dense.bias",
                                         "classifier.out_proj.weight", "classifier.out_proj.bias"};
  const auto model = make_roberta_classifier(tiny(), {});
  const LoadReport masked = load_weights(*model, weights_of_others(true), {});
  CHECK(masked.initialized == head);
  CHECK(masked.ignored ==
        std::vector<std::string>{"lm_head.layer_norm.bias", "roberta.pooler.dense.bias"});
  const LoadReport bare = load_weights(*model, weights_of_others(false), {});
  CHECK(bare.initialized == head);
  CHECK(bare.ignored == std::vector<std::string>{"pooler.dense.bias"});
}

}  // namespace
}  // namespace finetune::models
