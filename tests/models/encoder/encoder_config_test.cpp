#include "models/encoder/encoder_config.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/bert/bert.h"
#include "models/models_test_support.h"

namespace finetune::models {
namespace {

using nlohmann::json;

json small_config() {
  return {{"model_type", "bert"},          {"vocab_size", 50},          {"hidden_size", 8},
          {"num_hidden_layers", 2},        {"num_attention_heads", 2},  {"intermediate_size", 16},
          {"max_position_embeddings", 12}, {"hidden_dropout_prob", 0.2}};
}

EncoderConfig read(const json& source, const HeadOptions& head = {}) {
  return read_encoder_config(bert_family().config, source, head);
}

json exported(const EncoderConfig& config) {
  return export_encoder_config(bert_family().config, config);
}

std::string error_with(const std::string& key, const json& value) {
  json config = small_config();
  config[key] = value;
  return test::error_of<CheckpointError>([&] { read(config); });
}

TEST_CASE("absent keys have the defaults of Hugging Face's BertConfig") {
  const EncoderConfig config = read(json::object());
  CHECK(config.vocab_size == 30522);
  CHECK(config.hidden_size == 768);
  CHECK(config.num_hidden_layers == 12);
  CHECK(config.num_attention_heads == 12);
  CHECK(config.intermediate_size == 3072);
  CHECK(config.max_position_embeddings == 512);
  CHECK(config.type_vocab_size == 2);
  CHECK(config.hidden_act == kernels::Activation::kGelu);
  CHECK(config.layer_norm_eps == 1e-12);
  CHECK(config.initializer_range == 0.02);
  CHECK(config.hidden_dropout == 0.1);
  CHECK(config.attention_dropout == 0.1);
}

TEST_CASE("the parameter count is that of Hugging Face's BERT-base with two labels") {
  CHECK(count_parameters(read(json::object())) == 109483778.0);
}

TEST_CASE("the classifier's dropout is its own key, else the hidden one") {
  json config = small_config();
  CHECK(read(config).classifier_dropout == 0.2);
  config["classifier_dropout"] = nullptr;
  CHECK(read(config).classifier_dropout == 0.2);
  config["classifier_dropout"] = 0.3;
  CHECK(read(config).classifier_dropout == 0.3);
}

TEST_CASE("a task may override the dropouts of the config") {
  HeadOptions head;
  head.dropout = 0.5;
  EncoderConfig config = read(small_config(), head);
  CHECK(config.hidden_dropout == 0.5);
  CHECK(config.attention_dropout == 0.5);
  CHECK(config.classifier_dropout == 0.5);
  head.classifier_dropout = 0.0;
  config = read(small_config(), head);
  CHECK(config.classifier_dropout == 0.0);
  CHECK(exported(config)["hidden_dropout_prob"] == 0.5);
}

TEST_CASE("the three activations that BERT files name are known") {
  json config = small_config();
  config["hidden_act"] = "gelu_new";
  CHECK(read(config).hidden_act == kernels::Activation::kGeluTanh);
  config["hidden_act"] = "relu";
  CHECK(read(config).hidden_act == kernels::Activation::kRelu);
}

TEST_CASE("values that would change the arithmetic are refused with key and value") {
  CHECK_THAT(error_with("hidden_act", "mish"),
             Catch::Contains("'hidden_act' is") && Catch::Contains("mish"));
  CHECK_THAT(error_with("position_embedding_type", "relative_key"),
             Catch::Contains("'position_embedding_type' is") && Catch::Contains("relative_key"));
  CHECK_THAT(error_with("is_decoder", true), Catch::Contains("'is_decoder' is"));
  CHECK_THAT(error_with("add_cross_attention", true), Catch::Contains("add_cross_attention"));
  CHECK_THAT(error_with("pruned_heads", {{"0", {1}}}), Catch::Contains("pruned_heads"));
  CHECK_THAT(error_with("quantization_config", {{"bits", 4}}),
             Catch::Contains("quantization_config"));
}

TEST_CASE("sizes that make no model are refused before anything is allocated") {
  CHECK_THAT(error_with("num_attention_heads", 3),
             Catch::Contains("'hidden_size' 8 is not a multiple of 'num_attention_heads' 3"));
  for (const char* key : {"vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
                          "intermediate_size", "max_position_embeddings", "type_vocab_size"}) {
    for (const json& value :
         {json(0), json(-1), json(1000000000000), json(1e9), json("8"), json(nullptr)}) {
      INFO(key << " = " << value.dump());
      CHECK_THAT(error_with(key, value), Catch::Contains(std::string("'") + key + "' is"));
    }
  }
  CHECK_THAT(error_with("num_hidden_layers", 1000000000), Catch::Contains("num_hidden_layers"));
  CHECK_THAT(error_with("hidden_dropout_prob", -0.1), Catch::Contains("hidden_dropout_prob"));
  CHECK_THAT(error_with("classifier_dropout", 1.5), Catch::Contains("classifier_dropout"));
  CHECK_THAT(error_with("layer_norm_eps", 0), Catch::Contains("layer_norm_eps"));
}

TEST_CASE("sizes that are each possible but together beyond memory are refused") {
  json config = small_config();
  config["vocab_size"] = 2000000000;
  config["hidden_size"] = 1 << 20;
  CHECK_THAT(test::error_of<CheckpointError>([&] { read(config); }), Catch::Contains("GiB"));
}

TEST_CASE("an export keeps unknown keys and writes what was built") {
  json source = small_config();
  source["architectures"] = {"BertModel"};
  source["some_key_of_tomorrow"] = {1, 2};
  source["torch_dtype"] = "float16";
  source["auto_map"] = {{"AutoModel", "evil.Model"}};
  HeadOptions head;
  head.num_labels = 3;
  const json config = exported(read(source, head));
  CHECK(config["some_key_of_tomorrow"] == json{1, 2});
  CHECK(config["architectures"] == json{"BertForSequenceClassification"});
  CHECK(config["dtype"] == "float32");
  CHECK(config["torch_dtype"] == "float32");
  CHECK(config["num_labels"] == 3);
  CHECK(config["id2label"].size() == 3);
  CHECK(config["type_vocab_size"] == 2);  // a default, now explicit
  CHECK_FALSE(config.contains("auto_map"));
  CHECK(exported(read(config, head)) == config);
}

}  // namespace
}  // namespace finetune::models
