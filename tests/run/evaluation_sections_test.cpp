#include "run/evaluation_sections.h"

#include <catch2/catch.hpp>

#include "config/fields.h"
#include "minimal_config.h"
#include "minimal_text_config.h"

namespace finetune::run {
namespace {

using test::config_errors;
using test::minimal_text_config;

TEST_CASE("nothing of generation is set unless somebody sets it: the model's own settings count") {
  GenerationSection generation;
  config::Fields fields;
  generation.describe(fields);
  CHECK(fields.fields().size() == 18);
  for (const config::Field& field : fields.fields()) {
    CAPTURE(field.key);
    CHECK(field.is_optional());
    CHECK_FALSE(field.is_set());
    CHECK_FALSE(field.rule.example.empty());
  }
}

TEST_CASE("every setting of generation can be given") {
  GenerationSection generation;
  config::Fields fields;
  generation.describe(fields);
  for (const config::Field& field : fields.fields()) {
    const std::string text = "generation." + field.key + "=" + field.rule.example;
    CAPTURE(text);
    CHECK(config_errors(minimal_text_config(), {text}).empty());
  }
}

}  // namespace
}  // namespace finetune::run
