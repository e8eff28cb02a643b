#include "models/registry.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/models_test_support.h"

namespace finetune::models {
namespace {

using nlohmann::json;

TEST_CASE("the model type chooses the family") {
  const auto model = build_sequence_classifier(test::tiny_config(), {}, 1);
  CHECK(model->vocab_size() == 60);
  CHECK(model->max_length() == 24);
  CHECK(model->num_segments() == 2);
}

TEST_CASE("a missing or unknown model type is refused with the supported ones") {
  json config = test::tiny_config();
  for (const json& type : {json("bart"), json(3), json(nullptr)}) {
    config["model_type"] = type;
    CHECK_THAT(test::error_of<CheckpointError>([&] { build_sequence_classifier(config, {}, 1); }),
               Catch::Contains("'model_type' is") && Catch::Contains("'bert'"));
  }
  config.erase("model_type");
  CHECK_THAT(test::error_of<CheckpointError>([&] { build_sequence_classifier(config, {}, 1); }),
             Catch::Contains("no 'model_type'"));
  CHECK_THROWS_AS(build_sequence_classifier(json::array(), {}, 1), CheckpointError);
}

TEST_CASE("a model type says what its models can be") {
  CHECK(is_language_model({{"model_type", "gpt2"}}));
  CHECK_FALSE(is_seq2seq_model({{"model_type", "gpt2"}}));
  CHECK(is_seq2seq_model({{"model_type", "encoder-decoder"}}));
  CHECK_FALSE(is_language_model({{"model_type", "t5"}}));
  CHECK_FALSE(is_seq2seq_model(json::object()));
}

TEST_CASE("a model asked to be what its family cannot be is refused with the families that can") {
  const auto language = [](const json& config) {
    return test::error_of<CheckpointError>([&] { construct_language_model(config, {}); });
  };
  const auto seq2seq = [](const json& config) {
    return test::error_of<CheckpointError>([&] { construct_seq2seq_model(config, {}); });
  };
  CHECK_THAT(language(test::tiny_config()),
             Catch::Contains("language modelling") && Catch::Contains("'gpt2'"));
  CHECK_THAT(seq2seq({{"model_type", "gpt2"}}),
             Catch::Contains("translation") && Catch::Contains("'bart'") &&
                 Catch::Contains("'marian'") && Catch::Contains("'mbart'"));
  CHECK_THAT(seq2seq({{"vocab_size", 7}}), Catch::Contains("no 'model_type'"));
  GeneratorOptions options;
  options.dropout = 1.0;
  CHECK_THROWS_AS(construct_seq2seq_model({{"model_type", "bart"}}, options), ConfigError);
}

TEST_CASE("keys that name code do not stop a model from loading") {
  json config = test::tiny_config();
  config["auto_map"] = {{"AutoModel", "evil.Model"}};
  config["_attn_implementation_internal"] = "https://example.org/kernel";
  CHECK_NOTHROW(build_sequence_classifier(config, {}, 1));
}

TEST_CASE("head options out of range are the fault of who wrote the run's config") {
  HeadOptions head;
  head.num_labels = 0;
  CHECK_THROWS_AS(build_sequence_classifier(test::tiny_config(), head, 1), ConfigError);
  head = {};
  head.dropout = 1.0;
  CHECK_THAT(
      test::error_of<ConfigError>([&] { build_sequence_classifier(test::tiny_config(), head, 1); }),
      Catch::Contains("model.dropout"));
  head = {};
  head.classifier_dropout = -0.5;
  CHECK_THROWS_AS(build_sequence_classifier(test::tiny_config(), head, 1), ConfigError);
}

}  // namespace
}  // namespace finetune::models
