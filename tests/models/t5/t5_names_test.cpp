#include "models/t5/t5_names.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/models_test_support.h"
#include "models/parity/parity.h"
#include "models/seq2seq_model.h"
#include "support/test_support.h"
#include "tensors/named_tensors.h"

namespace finetune::models {
namespace {

using nlohmann::json;

json tiny(const std::string& name = "t5") {
  return json::parse(test::read_file(test::fixture_folder(name) / "config.json"));
}

TEST_CASE("fresh values have the deviations of Mesh TensorFlow, times the factor") {
  json config = tiny("mt5");
  config["initializer_factor"] = 0.5;
  config["d_model"] = 64;
  const auto model = build_seq2seq_model(config, {}, 3);
  const auto deviation = [](const std::string& name) {
    if (name.find("shared") != std::string::npos || name == "lm_head.weight") return 0.5;
    if (name.ends_with(".q.weight")) return 0.5 / std::sqrt(64.0 * 5.0);
    if (name.ends_with(".o.weight")) return 0.5 / std::sqrt(3.0 * 5.0);
    if (name.ends_with(".wo.weight")) return 0.5 / std::sqrt(20.0);
    return 0.5 / std::sqrt(64.0);
  };
  for (const auto& [name, view] : export_weights(*model)) {
    INFO(name);
    const at::Tensor values = test::to_tensor(view);
    if (values.dim() == 1) {
      CHECK(values.sub(0.5).abs().max().item<double>() == 0.0);
      continue;
    }
    const auto count = static_cast<double>(values.numel());
    // Five standard errors of a deviation.
    CHECK(std::abs(values.std().item<double>() / deviation(name) - 1) < 5 / std::sqrt(2 * count));
  }
}

TEST_CASE("copies of the tables in older files are not read, nor is a bias of cross-attention") {
  auto weights = tensors::read_safetensors(test::fixture_folder("t5") / "model.safetensors");
  const std::vector<std::string> more = {
      "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight",
      "decoder.embed_tokens.weight", "encoder.embed_tokens.weight", "lm_head.weight"};
  for (const std::string& name : more) weights[name] = weights.at("shared.weight");
  const auto model = build_seq2seq_model(tiny(), {}, 1);
  CHECK(load_weights(*model, weights, {}).ignored == more);
}

TEST_CASE("an untied head must be in the file, and nothing unknown may be") {
  auto weights = tensors::read_safetensors(test::fixture_folder("mt5") / "model.safetensors");
  weights["decoder.block.7.layer.0.layer_norm.weight"] = weights.at("lm_head.weight");
  weights.erase("lm_head.weight");
  const auto model = build_seq2seq_model(tiny("mt5"), {}, 1);
  const std::string error =
      test::error_of<CheckpointError>([&] { load_weights(*model, weights, {}); });
  CHECK_THAT(error, Catch::Contains("missing (1): lm_head.weight"));
  CHECK_THAT(error, Catch::Contains("decoder.block.7.layer.0.layer_norm.weight"));
}

}  // namespace
}  // namespace finetune::models
