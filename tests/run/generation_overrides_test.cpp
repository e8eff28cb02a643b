#include "run/generation_overrides.h"

#include <catch2/catch.hpp>

#include "base/error.h"

namespace finetune::run {
namespace {

using Catch::Matchers::Contains;

std::string error_of(const std::vector<std::string>& overrides) {
  try {
    read_generation_overrides(overrides);
  } catch (const ConfigError& error) {
    return error.chain().front();
  }
  return "";
}

TEST_CASE("a key of generation may be given with or without its section") {
  const std::vector<std::string> overrides = {"num_beams=5", "generation.length_penalty=0.6",
                                              "--max_new_tokens=30", "early_stopping=\"never\"",
                                              "seed=7"};
  const GenerationOverrides read = read_generation_overrides(overrides);
  CHECK(read.section.num_beams == 5);
  CHECK(read.section.length_penalty == 0.6);
  CHECK(read.section.max_new_tokens == 30);
  CHECK(read.section.early_stopping->word == "never");
  CHECK(read.seed == 7);
  CHECK_FALSE(read.section.do_sample.has_value());
  CHECK_FALSE(read.num_best.has_value());
}

TEST_CASE("the last of several values counts, as in a config") {
  const std::vector<std::string> overrides = {"num_beams=5", "generation.num_beams=2"};
  CHECK(read_generation_overrides(overrides).section.num_beams == 2);
}

TEST_CASE("other keys, values out of range and limits at odds are refused by name") {
  CHECK_THAT(error_of({"num_beems=5"}), Contains("num_beems") && Contains("num_beams"));
  CHECK_THAT(error_of({"training.batch_size=5"}), Contains("training"));
  CHECK_THAT(error_of({"num_beams=0"}), Contains("generation.num_beams") && Contains(">= 1"));
  CHECK_THAT(error_of({"min_new_tokens=5", "max_new_tokens=4"}), Contains("above max_new_tokens"));
  CHECK_THAT(error_of({"num_beams=0", "top_p=2"}),
             Contains("2 errors") && Contains("generation.top_p"));
}

}  // namespace
}  // namespace finetune::run
