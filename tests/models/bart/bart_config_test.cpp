#include "models/bart/bart_config.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/bart/bart_model.h"
#include "models/models_test_support.h"
#include "models/registry.h"

namespace finetune::models {
namespace {

using nlohmann::json;

json small_config(const std::string& type) {
  return {{"model_type", type},
          {"vocab_size", 50},
          {"d_model", 8},
          {"encoder_layers", 1},
          {"decoder_layers", 1},
          {"encoder_attention_heads", 2},
          {"decoder_attention_heads", 2},
          {"encoder_ffn_dim", 12},
          {"decoder_ffn_dim", 12},
          {"max_position_embeddings", 16},
          {"pad_token_id", 1},
          {"decoder_start_token_id", 2}};
}

std::string error_with(const std::string& type, const std::string& key, const json& value) {
  json config = small_config(type);
  config[key] = value;
  return test::error_of<CheckpointError>([&] { construct_seq2seq_model(config, {}); });
}

TEST_CASE("absent keys have the defaults of Hugging Face's configs") {
  const BartFamily family{"BartForConditionalGeneration", false, true, false, false, 50265, {}};
  json source = {{"decoder_start_token_id", 2}, {"pad_token_id", 1}};
  const BartConfig config = read_bart_config(family, source, {});
  CHECK(count_parameters(config) == 406291456.0);  // facebook/bart-large
  CHECK(config.dropout == 0.1);
  CHECK(config.attention_dropout == 0.0);
  CHECK(config.init_std == 0.02);
  CHECK_FALSE(config.scale_embedding);
}

TEST_CASE("ids come from the file, or are the family's") {
  json config = small_config("marian");
  config["bad_words_ids"] = json::array({json::array({1})});
  config["forced_eos_token_id"] = 3;
  SpecialIds ids = construct_seq2seq_model(config, {})->special_ids();
  CHECK(ids.pad == 1);
  CHECK(ids.eos == std::vector<int64_t>{0});
  CHECK(ids.decoder_start == 2);
  CHECK(ids.forced_eos == 3);
  CHECK(ids.bad_words == std::vector<std::vector<int64_t>>{{1}});
  ids = construct_seq2seq_model(small_config("bart"), {})->special_ids();
  CHECK(ids.bos == 0);
  CHECK(ids.forced_eos == 2);
}

TEST_CASE("ids without which nothing can be decoded are asked for") {
  for (const char* type : {"bart", "marian", "mbart"}) {
    CHECK(error_with(type, "dropout", 0.2).empty());
    CHECK_THAT(error_with(type, "decoder_start_token_id", nullptr),
               Catch::Contains("'decoder_start_token_id' is missing"));
    CHECK_THAT(error_with(type, "decoder_start_token_id", 50),
               Catch::Contains("'decoder_start_token_id'"));
    CHECK_THAT(error_with(type, "pad_token_id", nullptr), Catch::Contains("'pad_token_id'"));
  }
  json config = small_config("marian");
  config.erase("decoder_start_token_id");  // the default belongs to another vocabulary
  CHECK_THAT(test::error_of<CheckpointError>([&] { construct_seq2seq_model(config, {}); }),
             Catch::Contains("'decoder_start_token_id' 58100 is outside"));
}

TEST_CASE("values that a family does not compute with are refused") {
  for (const auto& [type, key, value] : std::vector<std::tuple<std::string, std::string, json>>{
           {"bart", "normalize_before", true},
           {"mbart", "normalize_before", false},
           {"mbart", "add_final_layer_norm", false},
           {"marian", "normalize_embedding", true},
           {"marian", "static_position_embeddings", false},
           {"bart", "is_encoder_decoder", false},
           {"bart", "encoder_layerdrop", 0.1},
           {"bart", "tie_encoder_decoder", true},
           {"bart", "encoder_attention_heads", 3},
           {"bart", "decoder_attention_heads", 3},
           {"bart", "d_model", 0},
           {"bart", "activation_function", "mish"},
           {"bart", "scale_embedding", "yes"},
           {"bart", "attention_dropout", 1.0},
           {"bart", "quantization_config", {{"bits", 4}}}}) {
    INFO(type << " " << key);
    CHECK_THAT(error_with(type, key, value), Catch::Contains("'" + key.substr(0, 6)));
  }
  json config = small_config("marian");
  config["share_encoder_decoder_embeddings"] = false;
  config["decoder_vocab_size"] = 40;
  CHECK_THAT(test::error_of<CheckpointError>([&] { construct_seq2seq_model(config, {}); }),
             Catch::Contains("'decoder_vocab_size' 40"));
}

TEST_CASE("a run's dropout stands in for that of states and attention") {
  const BartFamily family{"MarianMTModel", false, false, true, true, 50, {}};
  const BartConfig config = read_bart_config(family, small_config("marian"), 0.3);
  CHECK(config.dropout == 0.3);
  CHECK(config.attention_dropout == 0.3);
  CHECK(config.activation_dropout == 0.0);
  const json out = export_bart_config(config);
  CHECK(out["dropout"] == 0.3);
  CHECK(out["architectures"] == json({"MarianMTModel"}));
  CHECK(out["decoder_vocab_size"] == 50);
}

}  // namespace
}  // namespace finetune::models
