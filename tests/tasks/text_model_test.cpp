#include "tasks/text_model.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"

using namespace finetune;
using namespace finetune::tasks;
using nlohmann::json;

TEST_CASE("the limits of a language model are its positions and the end of its texts") {
  const json config = {{"model_type", "gpt2"}, {"vocab_size", 30}, {"n_positions", 24},
                       {"n_embd", 8},          {"n_layer", 1},     {"n_head", 2},
                       {"bos_token_id", 0},    {"eos_token_id", 5}};
  const ModelLimits limits = limits_of_language_model(config);
  CHECK(limits.max_length == 24);
  CHECK(limits.max_target_length == 24);
  CHECK(limits.end_of_text == 5);
  CHECK_FALSE(limits.decoder_start);
  CHECK(limits.special_ids.bos == 0);
  CHECK(limits.target_vocab_size == 30);
  CHECK(build_language_model({.config = config, .seed = 1}).model->vocab_size() == 30);
}

TEST_CASE("a model that cannot write is refused") {
  CHECK_THROWS_AS(limits_of_language_model({{"model_type", "bert"}}), CheckpointError);
  CHECK_THROWS_AS(limits_of_seq2seq_model({{"model_type", "bert"}}), CheckpointError);
}

TEST_CASE("architectures are compared by their endings") {
  const json config = {{"architectures", {"T5ForConditionalGeneration", 3}}};
  CHECK(has_architecture(config, {"MTModel", "ForConditionalGeneration"}));
  CHECK_FALSE(has_architecture(config, {"ForCausalLM"}));
  CHECK_FALSE(has_architecture(json::object(), {"ForCausalLM"}));
}
