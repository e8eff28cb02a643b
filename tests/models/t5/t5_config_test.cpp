#include "models/t5/t5_config.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/models_test_support.h"
#include "models/parity/parity.h"
#include "support/test_support.h"

namespace finetune::models {
namespace {

using kernels::Activation;
using nlohmann::json;

json tiny() { return json::parse(test::read_file(test::fixture_folder("t5") / "config.json")); }

T5Config read(const json& source) { return read_t5_config(source, {}); }

std::string error_with(const std::string& key, const json& value) {
  json config = tiny();
  config[key] = value;
  return test::error_of<CheckpointError>([&] { read(config); });
}

TEST_CASE("absent keys make T5-small and mT5-small, as for Hugging Face") {
  const T5Config t5 = read({{"model_type", "t5"}, {"decoder_start_token_id", 0}});
  CHECK(count_parameters(t5) == 60506624.0);
  CHECK(t5.activation == Activation::kRelu);
  CHECK(t5.ids.pad == 0);
  CHECK(t5.ids.eos == std::vector<int64_t>{1});
  const T5Config mt5 = read({{"model_type", "mt5"}});
  CHECK(count_parameters(mt5) == 300176768.0);
  CHECK(mt5.is_gated);
  CHECK_FALSE(mt5.tie_word_embeddings);
}

TEST_CASE("the feed-forward networks that T5 files name are known") {
  json config = tiny();
  const auto read_as = [&](const char* name) {
    config["feed_forward_proj"] = name;
    const T5Config read_config = read(config);
    return std::pair(read_config.is_gated, read_config.activation);
  };
  CHECK((read_as("relu") == std::pair(false, Activation::kRelu)));
  CHECK((read_as("gelu") == std::pair(false, Activation::kGelu)));
  CHECK((read_as("gated-gelu") == std::pair(true, Activation::kGeluTanh)));  // as transformers does
  CHECK((read_as("gated-silu") == std::pair(true, Activation::kSilu)));
  for (const char* name : {"gated-mish", "gated", "relu-gated", "gated-gelu-new", ""}) {
    CHECK_THAT(error_with("feed_forward_proj", name), Catch::Contains("'feed_forward_proj' is"));
  }
}

TEST_CASE("the decoder has as many layers as the encoder unless it has its own number") {
  json config = tiny();
  config.erase("num_decoder_layers");
  CHECK(read(config).num_decoder_layers == 2);
  config["num_decoder_layers"] = nullptr;
  CHECK(read(config).num_decoder_layers == 2);
  config["num_decoder_layers"] = 5;
  CHECK(read(config).num_decoder_layers == 5);
}

TEST_CASE("a T5 without an id that its targets begin with is refused") {
  json config = tiny();
  config.erase("decoder_start_token_id");
  CHECK_THAT(test::error_of<CheckpointError>([&] { read(config); }),
             Catch::Contains("'decoder_start_token_id' is missing"));
  CHECK_THAT(error_with("decoder_start_token_id", nullptr), Catch::Contains("is missing"));
  CHECK_THAT(error_with("decoder_start_token_id", 32), Catch::Contains("'decoder_start_token_id'"));
}

TEST_CASE("sizes and switches that make no T5 are refused by their names") {
  for (const char* key : {"vocab_size", "d_model", "d_kv", "d_ff", "num_layers", "num_heads",
                          "relative_attention_num_buckets", "relative_attention_max_distance"}) {
    for (const json& value : {json(0), json(-1), json("8"), json(nullptr)}) {
      INFO(key << " = " << value.dump());
      CHECK_THAT(error_with(key, value), Catch::Contains(std::string("'") + key + "' is"));
    }
  }
  CHECK_THAT(error_with("num_decoder_layers", 0), Catch::Contains("'num_decoder_layers' is"));
  CHECK_THAT(error_with("relative_attention_max_distance", 4),
             Catch::Contains("must be above half of 'relative_attention_num_buckets', 4"));
  CHECK_THAT(error_with("dropout_rate", 1.0), Catch::Contains("'dropout_rate' is"));
  CHECK_THAT(error_with("layer_norm_epsilon", 0), Catch::Contains("'layer_norm_epsilon' is"));
  CHECK_THAT(error_with("tie_word_embeddings", "no"), Catch::Contains("'tie_word_embeddings' is"));
  CHECK_THAT(error_with("tie_encoder_decoder", true), Catch::Contains("tie_encoder_decoder"));
  CHECK_THAT(error_with("quantization_config", {{"bits", 4}}),
             Catch::Contains("quantization_config"));
}

TEST_CASE("sizes beyond memory are refused before anything is allocated") {
  json config = tiny();
  config["vocab_size"] = 2000000000;
  config["d_model"] = 1 << 20;
  CHECK_THAT(test::error_of<CheckpointError>([&] { read(config); }), Catch::Contains("GiB"));
}

TEST_CASE("an export of T5 keeps unknown keys and writes what was built") {
  json source = tiny();
  source["some_key_of_tomorrow"] = "kept";
  source["auto_map"] = {{"AutoModel", "evil.Model"}};
  GeneratorOptions options;
  options.dropout = 0.25;
  const json config = export_t5_config(read_t5_config(source, options));
  CHECK(config["some_key_of_tomorrow"] == "kept");
  CHECK(config["dropout_rate"] == 0.25);
  CHECK_FALSE(config.contains("auto_map"));
  CHECK(config["architectures"] == json::array({"T5ForConditionalGeneration"}));
  CHECK(export_t5_config(read(config)) == config);
}

}  // namespace
}  // namespace finetune::models
