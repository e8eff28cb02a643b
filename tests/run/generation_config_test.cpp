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
      "do_sample": true, "top_k": 3})"));
}

TEST_CASE("an export says every option that is not what transformers does anyway") {
  const test::TableModel model(at::eye(6));
  decode::Options options;
  options.max_length = 30;
  options.min_length = 2;
  options.num_return_sequences = 2;
  options.num_beams = 2;
  options.early_stopping = decode::EarlyStopping::kFirstFinished;
  options.do_sample = true;
  options.min_p = 0.1;
  options.forced_bos_token_id = 3;
  options.eos_token_ids = {1, 2};
  options.suppress_tokens = {4};
  options.bad_words_ids = {{5, 4}};
  CHECK(json::parse(generation_config_text(model, options)) == json::parse(R"({
      "pad_token_id": 0, "eos_token_id": [1, 2], "max_length": 30, "min_length": 2,
      "num_beams": 2, "num_return_sequences": 2, "early_stopping": true, "do_sample": true,
      "min_p": 0.1, "forced_bos_token_id": 3, "suppress_tokens": [4], "bad_words_ids": [[5, 4]]})"));
  CHECK(generation_settings(options).at("temperature") == 1.0);
  CHECK(generation_settings(options).at("max_new_tokens").is_null());
}
