#include "run/generation_checks.h"

#include <catch2/catch.hpp>

#include "minimal_config.h"
#include "minimal_text_config.h"

namespace finetune::run {
namespace {

using Catch::Matchers::Contains;
using test::config_errors;
using test::minimal_text_config;

TEST_CASE("limits of generation that exclude each other are errors that name both keys") {
  struct Row {
    std::vector<std::string> overrides;
    std::string blamed;
    std::string words;
  };
  const std::vector<Row> rows = {
      {{"generation.min_new_tokens=9", "generation.max_new_tokens=8"},
       "generation.min_new_tokens: ",
       "9 is above max_new_tokens 8"},
      {{"generation.min_length=9", "generation.max_length=8"},
       "generation.min_length: ",
       "9 is above max_length 8"},
      {{"generation.max_length=9", "generation.max_new_tokens=8"},
       "generation: ",
       "\"max_new_tokens\" and \"max_length\" exclude each other"},
      {{"generation.num_return_sequences=3", "generation.num_beams=2"},
       "generation.num_return_sequences: ",
       "3 texts for an input cannot come of 2 beams"},
      {{"generation.num_return_sequences=2", "generation.num_beams=1"},
       "generation.num_return_sequences: ",
       "2 texts for an input cannot come of 1 beam; greedy search finds one"},
      {{"generation.temperature=0.5", "generation.do_sample=false"},
       "generation.temperature: ",
       "do_sample is false"},
      {{"generation.min_p=0.1", "generation.do_sample=false"},
       "generation.min_p: ",
       "do_sample is false"},
  };
  for (const Row& row : rows) {
    const std::string errors = config_errors(minimal_text_config(), row.overrides);
    INFO(row.overrides.front());
    CHECK_THAT(errors, Contains(row.blamed) && Contains(row.words));
    CHECK(errors.find('\n') == std::string::npos);  // one error, not one for each key
  }
}

TEST_CASE("limits of generation that fit each other are no errors") {
  const std::vector<std::vector<std::string>> fitting = {
      {"generation.min_new_tokens=8", "generation.max_new_tokens=8"},
      {"generation.num_return_sequences=2", "generation.num_beams=2"},
      {"generation.num_return_sequences=2", "generation.num_beams=1", "generation.do_sample=true"},
      {"generation.num_return_sequences=2"},  // the model's own settings may have the beams
      {"generation.temperature=0.5"},         // and may ask for sampling
      {"generation.early_stopping=true"},
      {"generation.early_stopping=\"never\""},
      {"generation.min_p=0.05", "generation.do_sample=true"},
      {"generation.forced_bos_token_id=4", "generation.forced_eos_token_id=1"},
  };
  for (const auto& overrides : fitting) {
    INFO(overrides.front());
    CHECK(config_errors(minimal_text_config(), overrides).empty());
  }
  CHECK_THAT(config_errors(minimal_text_config(), {"generation.early_stopping=heuristic"}),
             Contains("true, false or \"never\""));
}

}  // namespace
}  // namespace finetune::run
