#include "run/model_parts.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "run/tiny_run.h"

using namespace finetune;
using namespace finetune::run;
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
