#include "config/json_schema.h"

#include <catch2/catch.hpp>

#include "sample.h"

namespace finetune::config {
namespace {

// That the schema agrees with the reader is tested with the real jsonschema package in tests/run.
TEST_CASE("the schema of a section holds types, ranges, defaults and what must be there") {
  test::SampleTraining training;
  CHECK(
      to_line(json_schema(test::fields_of(training), "T")) ==
      R"({"$schema": "http://json-schema.org/draft-07/schema#", "title": "T", "type": "object", )"
      R"("additionalProperties": false, "properties": {)"
      R"("batch_size": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 9223372036854775807}, )"
      R"({"type": "null"}], "description": "Examples.", "default": 32}, )"
      R"("batch_tokens": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 9223372036854775807}, )"
      R"({"type": "null"}], "description": "Tokens."}, )"
      R"("learning_rate": {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 10}, )"
      R"({"type": "null"}], "description": "Rate.", "default": 5e-05}, )"
      R"("every": {"anyOf": [{"anyOf": [{"type": "integer", "exclusiveMinimum": 0, "maximum": 1000000000000000}, )"
      R"({"type": "string", "pattern": "^(?=[0-9.]*[1-9])(([0-9]+(\\.0*)?|[0-9]+(\\.[0-9]*)?[eE]\\+?[0-9]+) )"
      R"((steps?)|[0-9]+(\\.[0-9]*)?([eE][+-]?[0-9]+)? (epochs?))$"}]}, )"
      R"({"type": "null"}], "description": "Pace.", "default": "1 epochs"}, )"
      R"("mode": {"anyOf": [{"enum": ["fast", "exact"]}, {"type": "null"}], "description": "How | fast.", )"
      R"("default": "fast"}}, )"
      R"("allOf": [{"oneOf": [{"required": ["batch_size"], "properties": {"batch_size": {"not": {"type": "null"}}}}, )"
      R"({"required": ["batch_tokens"], "properties": {"batch_tokens": {"not": {"type": "null"}}}}, )"
      R"({"not": {"anyOf": [{"required": ["batch_size"], "properties": {"batch_size": {"not": {"type": "null"}}}}, )"
      R"({"required": ["batch_tokens"], "properties": {"batch_tokens": {"not": {"type": "null"}}}}]}}]}]})");
}

TEST_CASE("sections are required where they hold something required") {
  test::Sample sample;
  const JsonValue schema = json_schema(test::fields_of(sample), "S");
  CHECK(to_line(*schema.find("required")) == R"(["output_dir", "model"])");
  const JsonValue* stopping = schema.find("properties")->find("stopping");
  CHECK(to_line(stopping->find("anyOf")->items.at(1)) == R"({"type": "null"})");
  CHECK(stopping->find("default") == nullptr);
}

}  // namespace
}  // namespace finetune::config
