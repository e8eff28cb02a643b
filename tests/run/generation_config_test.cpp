#include "run/generation_config.h"

#include <ATen/ops/eye.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tasks/fake_models.h"

using namespace finetune;
using namespace finetune::run;
using nlohmann::json;

TEST_CASE("an export says with which ids and settings it writes, and no more than that") {
  const test::TableSeq2Seq model(at::eye(6));
  decode::Options options;
  options.max_new_tokens = 40;
  options.num_beams = 5;
  options.length_penalty = 0.6;
  options.early_stopping = decode::EarlyStopping::kNever;
  CHECK(json::parse(generation_config_text(model, options)) == json::parse(R"({
      "pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0, "max_new_tokens": 40,
      "num_beams": 5, "length_penalty": 0.6, "early_stopping": "never"})"));
  options = {};
  options.max_new_tokens = 8;
  options.do_sample = true;
  options.top_k = 3;
  const test::TableModel language(at::eye(6));
  CHECK(json::parse(generation_config_text(language, options)) == json::parse(R"({
      "pad_token_id": 0, "eos_token_id": 1, "max_new_tokens": 8, "num_beams": 1,
      "do_sample": true, "temperature": 1.0, "top_k": 3, "top_p": 1.0})"));
}
