#include "run/model_parts.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "run/tiny_run.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;
using test::TinyRun;

TEST_CASE("an encoder-decoder is made of a pretrained encoder and a new decoder") {
  const TinyRun tiny;
  const RunConfig config = tiny.config(R"({"model": {"path": null, "type": "encoder_decoder",
      "encoder": {"path": "model"}, "decoder": {"model_type": "bert", "hidden_size": 8,
      "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}},
      "task": {"type": "translation"}, "evaluation": {"metric": "loss"}})");
  const Tokenizers tokenizers = load_tokenizers(tiny / "model");
  const models::WarmStart start = build_warm_start(config, tokenizers);
  CHECK(start.encoder.folder == tiny / "model");
  CHECK(start.encoder.config == nullptr);
  CHECK(start.decoder.folder.empty());
  CHECK(start.decoder.config->at("vocab_size") == 60);
  const nlohmann::json joined = config_of(start);
  CHECK(joined.at("model_type") == "encoder-decoder");
  CHECK(joined.at("decoder").at("hidden_size") == 8);
}

TEST_CASE("a folder of a model that is not there is named with its key") {
  const TinyRun tiny;
  const auto error = [&](const std::string& patch) {
    return test::error_of<CheckpointError>([&] { tiny.train(patch); });
  };
  CHECK(error(R"({"model": {"path": "nope"}})") ==
        "error: model.path: '" + (tiny / "nope").string() +
            "' does not exist; name the folder of a Hugging Face model");
  CHECK_THAT(error(R"({"model": {"path": "train.tsv"}})"), Contains("train.tsv' is no folder"));
  CHECK_THAT(error(R"({"model": {"path": null, "type": "encoder_decoder", "encoder": "model",
                                 "decoder": "nope"}, "task": {"type": "translation"},
                       "evaluation": {"metric": "loss"}})"),
             Contains("model.decoder: ") && Contains("nope"));
}

TEST_CASE("a model's config.json that cannot be built is named") {
  const TinyRun tiny;
  nlohmann::json config = nlohmann::json::parse(test::read_file(tiny / "model/config.json"));
  config["hidden_size"] = 33;
  tiny.write("model/config.json", config.dump());
  CHECK_THAT(test::error_of<CheckpointError>([&] { tiny.train(); }),
             Contains("reading '" + (tiny / "model/config.json").string() + "'") && Contains("33"));
}
