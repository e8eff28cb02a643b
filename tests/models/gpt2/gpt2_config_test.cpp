#include "models/gpt2/gpt2_config.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/models_test_support.h"

namespace finetune::models {
namespace {

using nlohmann::json;

std::string error_with(const std::string& key, const json& value) {
  json config = {
      {"vocab_size", 50}, {"n_positions", 12}, {"n_embd", 8}, {"n_layer", 2}, {"n_head", 2}};
  config[key] = value;
  return test::error_of<CheckpointError>([&] { read_gpt2_config(config, {}); });
}

TEST_CASE("absent keys make GPT-2 small, with the parameters that Hugging Face counts") {
  const Gpt2Config config = read_gpt2_config(json::object(), {});
  CHECK(count_parameters(config) == 124439808.0);
  CHECK(config.activation_function == kernels::Activation::kGeluTanh);
  CHECK(config.layer_norm_epsilon == 1e-5);
  CHECK(config.resid_pdrop == 0.1);
  CHECK(config.ids.eos == std::vector<int64_t>{50256});
}

TEST_CASE("a run's dropout stands in for the three of the file") {
  const Gpt2Config config = read_gpt2_config({{"attn_pdrop", 0.3}}, 0.2);
  CHECK(config.resid_pdrop == 0.2);
  CHECK(config.embd_pdrop == 0.2);
  CHECK(config.attn_pdrop == 0.2);
}

TEST_CASE("the inner width is four times the outer where it is not given") {
  CHECK(read_gpt2_config({{"n_embd", 24}}, {}).n_inner == 96);
  CHECK(read_gpt2_config({{"n_embd", 24}, {"n_inner", nullptr}}, {}).n_inner == 96);
  CHECK(read_gpt2_config({{"n_embd", 24}, {"n_inner", 50}}, {}).n_inner == 50);
}

TEST_CASE("values that a GPT-2 would not compute with are refused") {
  CHECK(error_with("n_head", 2).empty());
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, json>>{{"n_head", 3},
                                                 {"n_head", 0},
                                                 {"n_embd", "8"},
                                                 {"n_inner", 0},
                                                 {"activation_function", "mish"},
                                                 {"scale_attn_weights", "yes"},
                                                 {"scale_attn_by_inverse_layer_idx", 1},
                                                 {"tie_word_embeddings", nullptr},
                                                 {"attn_pdrop", 1.0},
                                                 {"layer_norm_epsilon", 0},
                                                 {"add_cross_attention", true},
                                                 {"is_encoder_decoder", true},
                                                 {"pruned_heads", {{"0", {1}}}},
                                                 {"quantization_config", {{"bits", 4}}}}) {
    INFO(key);
    CHECK_THAT(error_with(key, value), Catch::Contains("'" + key + "'"));
  }
  CHECK_THAT(error_with("n_positions", int64_t{1} << 31) + error_with("n_layer", 1 << 20),
             Catch::Contains("n_layer"));
}

TEST_CASE("an export keeps the source's keys, says what was built and drops what runs code") {
  const json source = {{"n_embd", 24},       {"n_head", 2},
                       {"n_inner", nullptr}, {"auto_map", {{"AutoModel", "x.Y"}}},
                       {"my_key", 7},        {"task_specific_params", {{"a", 1}}}};
  const json out = export_gpt2_config(read_gpt2_config(source, 0.2), "GPT2LMHeadModel");
  CHECK(out["architectures"] == json({"GPT2LMHeadModel"}));
  CHECK(out["my_key"] == 7);
  CHECK(out["n_inner"] == 96);
  CHECK(out["n_ctx"] == 1024);
  CHECK(out["resid_pdrop"] == 0.2);
  CHECK_FALSE(out.contains("auto_map"));
}

}  // namespace
}  // namespace finetune::models
