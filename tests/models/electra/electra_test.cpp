#include "models/electra/electra.h"

#include <torch/nn/module.h>

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

json tiny() {
  return json::parse(test::read_file(test::fixture_folder("electra") / "config.json"));
}

std::string error_with(const std::string& key, const json& value) {
  json config = tiny();
  config[key] = value;
  return test::error_of<CheckpointError>([&] { make_electra_classifier(config, {}); });
}

TEST_CASE("absent keys make ELECTRA-small, as for Hugging Face") {
  const EncoderConfig config =
      read_encoder_config(electra_family().config, json::object(), HeadOptions{});
  CHECK(config.embedding_size == 128);
  CHECK(config.hidden_size == 256);
  CHECK(count_parameters(config) == 13549314.0);  // ElectraForSequenceClassification, two labels
}

TEST_CASE("tables narrower than the layers are projected, equal ones are not") {
  json config = tiny();
  CHECK(make_electra_classifier(config, {})
            ->module()
            .named_parameters()
            .contains("encoder.projection.weight"));
  config["embedding_size"] = config["hidden_size"];
  CHECK_FALSE(make_electra_classifier(config, {})
                  ->module()
                  .named_parameters()
                  .contains("encoder.projection.weight"));
}

TEST_CASE("sizes that make no model are refused by their names") {
  for (const json& value : {json(0), json(-3), json("8"), json(nullptr)}) {
    CHECK_THAT(error_with("embedding_size", value), Catch::Contains("'embedding_size' is"));
  }
  CHECK_THAT(error_with("num_attention_heads", 5), Catch::Contains("is not a multiple of"));
}

TEST_CASE("a discriminator's checkpoint loads without its own head") {
  tensors::NamedTensors weights;
  for (const auto& [name, view] :
       tensors::read_safetensors(test::fixture_folder("electra") / "model.safetensors")) {
    if (!name.starts_with("classifier.")) weights[name] = view;
    if (name == "classifier.dense.bias") weights["discriminator_predictions.dense.bias"] = view;
  }
  const auto model = make_electra_classifier(tiny(), {});
  const LoadReport report = load_weights(*model, weights, {});
  CHECK(report.initialized.size() == 4);
  CHECK(report.ignored == std::vector<std::string>{"discriminator_predictions.dense.bias"});
}

}  // namespace
}  // namespace finetune::models
