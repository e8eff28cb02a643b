#include "tasks/language_modeling_type.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace finetune;
using namespace finetune::tasks;

TEST_CASE("texts are cut into blocks of max_length, each text with its end") {
  const LanguageModelingType type;
  data::EncodingOptions encoding;
  encoding.max_length = 64;
  type.adapt(encoding, {128, 128, std::nullopt, 3});
  CHECK(encoding.block_length == 64);
  CHECK(encoding.block_end == 3);
  data::EncodingOptions endless;
  type.adapt(endless, {128, 128, std::nullopt, std::nullopt});
  CHECK_FALSE(endless.block_end);
}

TEST_CASE("a language model is known by its architecture, and judged by its loss alone") {
  const LanguageModelingType type;
  CHECK(type.has_trained({{"architectures", {"GPT2LMHeadModel"}}}));
  CHECK_FALSE(type.has_trained({{"architectures", {"GPT2ForSequenceClassification"}}}));
  CHECK_FALSE(type.judges_answers());
  CHECK(type.metric_names({}) == std::vector<std::string>{"loss", "perplexity", "token_accuracy"});
}
