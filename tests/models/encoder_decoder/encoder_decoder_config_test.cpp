#include "models/encoder_decoder/encoder_decoder_config.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/models_test_support.h"
#include "models/parity/parity.h"
#include "support/test_support.h"

namespace finetune::models {
namespace {

using nlohmann::json;

json tiny(const std::string& name = "bert_to_bert") {
  return json::parse(test::read_file(test::fixture_folder(name) / "config.json"));
}

EncoderDecoderConfig read(const json& source) { return read_encoder_decoder_config(source, {}); }

std::string error_of(const json& source) {
  return test::error_of<CheckpointError>([&] { read(source); });
}

std::string error_with(const std::string& part, const std::string& key, const json& value) {
  json config = tiny();
  (part.empty() ? config : config[part])[key] = value;
  return error_of(config);
}

TEST_CASE("both parts are read by their own families, with a vocabulary each") {
  const EncoderDecoderConfig config = read(tiny());
  CHECK(config.encoder.vocab_size == 32);
  CHECK(config.decoder.vocab_size() == 27);
  CHECK(config.ids.decoder_start == 2);
  CHECK(config.ids.pad == 0);
  CHECK(config.ids.eos == std::vector<int64_t>{4});
  const EncoderDecoderConfig other = read(tiny("distilbert_to_gpt2"));
  CHECK(other.encoder.type_vocab_size == 0);
  CHECK(other.decoder.family == nullptr);
  CHECK(other.decoder.width() == 8);
  CHECK(read(tiny("electra_to_roberta")).decoder.max_length() == 28 - 2);
}

TEST_CASE("a run's dropout reaches both parts") {
  GeneratorOptions options;
  options.dropout = 0.25;
  const auto config = read_encoder_decoder_config(tiny(), options);
  CHECK(config.encoder.hidden_dropout == 0.25);
  CHECK(config.decoder.bert.attention_dropout == 0.25);
  CHECK(read_encoder_decoder_config(tiny("distilbert_to_gpt2"), options).decoder.gpt2.resid_pdrop ==
        0.25);
}

TEST_CASE("a missing part, or one of a family that cannot do its work, is refused") {
  for (const char* part : {"encoder", "decoder"}) {
    json config = tiny();
    config.erase(part);
    CHECK_THAT(error_of(config), Catch::Contains(std::string("has no '") + part + "'"));
    config[part] = "bert";
    CHECK_THAT(error_of(config), Catch::Contains(std::string("has no '") + part + "'"));
    CHECK_THAT(error_with(part, "model_type", "llama"),
               Catch::Contains(std::string("reading '") + part + "' of config.json") &&
                   Catch::Contains("'llama', which cannot be") && Catch::Contains("'bert'"));
  }
  CHECK_THAT(error_with("encoder", "model_type", "gpt2"), Catch::Contains("cannot be an encoder"));
  json config = tiny();
  config["decoder"] = config["encoder"] = tiny("distilbert_to_gpt2")["encoder"];
  CHECK_THAT(error_of(config), Catch::Contains("'distilbert', which cannot be a decoder"));
  config["decoder"].erase("model_type");
  CHECK_THAT(error_of(config), Catch::Contains("cannot be a decoder"));
}

TEST_CASE("a target without ids for its beginning and its padding is refused") {
  json config = tiny();
  config.erase("decoder_start_token_id");
  CHECK_THAT(error_of(config), Catch::Contains("'decoder_start_token_id' is missing"));
  config["decoder"]["decoder_start_token_id"] = 3;  // where older exports have it
  CHECK(read(config).ids.decoder_start == 3);
  CHECK_THAT(error_with("", "pad_token_id", nullptr), Catch::Contains("'pad_token_id' is missing"));
  CHECK_THAT(error_with("", "decoder_start_token_id", 27),  // an id of the source only
             Catch::Contains("'decoder_start_token_id' is"));
}

TEST_CASE("heads and attentions that we do not compute are refused") {
  CHECK_THAT(error_with("decoder", "tie_word_embeddings", false),
             Catch::Contains("tie_word_embeddings"));
  CHECK_THAT(error_with("decoder", "cross_attention_hidden_size", 12),
             Catch::Contains("cross_attention_hidden_size"));
  CHECK_THAT(error_with("encoder", "hidden_act", "mish"), Catch::Contains("'hidden_act'"));
  CHECK_THAT(error_with("decoder", "position_embedding_type", "relative_key"),
             Catch::Contains("'position_embedding_type'"));
  CHECK_THAT(error_with("decoder", "hidden_size", 13), Catch::Contains("is not a multiple of"));
}

TEST_CASE("an encoder and a decoder of different sizes cannot share their layers") {
  CHECK_THAT(error_with("", "tie_encoder_decoder", true),
             Catch::Contains("'tie_encoder_decoder' needs an encoder and a decoder of one family"));
  CHECK(read(tiny("bert_share")).ties_stacks);
}

TEST_CASE("an export keeps unknown keys of all levels and says what was built") {
  json source = tiny();
  source["some_key_of_tomorrow"] = 1;
  source["encoder"]["another"] = 2;
  source["decoder"]["auto_map"] = {{"AutoModel", "evil.Model"}};
  source["decoder"].erase("vocab_size");
  source["decoder"]["vocab_size"] = 27;
  const json config = export_encoder_decoder_config(read(source));
  CHECK(config["some_key_of_tomorrow"] == 1);
  CHECK(config["encoder"]["another"] == 2);
  CHECK_FALSE(config["decoder"].contains("auto_map"));
  CHECK(config["decoder"]["is_decoder"] == true);
  CHECK(config["decoder"]["add_cross_attention"] == true);
  CHECK_FALSE(config["encoder"].contains("is_decoder"));
  CHECK(config["architectures"] == json::array({"EncoderDecoderModel"}));
  CHECK(export_encoder_decoder_config(read(config)) == config);
}

TEST_CASE("two configs are joined into one that is read again") {
  SpecialIds ids;
  ids.decoder_start = 2;
  ids.pad = 0;
  ids.eos = {3};
  const json whole = tiny();
  const json config = join_configs(whole["encoder"], whole["decoder"], ids, false);
  CHECK(config["model_type"] == "encoder-decoder");
  CHECK(config["decoder"]["add_cross_attention"] == true);
  CHECK(read(config).ids.eos == std::vector<int64_t>{3});
  CHECK_THROWS_AS(join_configs(json::array(), whole["decoder"], ids, false), CheckpointError);
}

}  // namespace
}  // namespace finetune::models
