#include "config/section_reader.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "sample.h"

namespace finetune::config {
namespace {

using test::read_sample;
using test::Sample;

std::string error_of(std::string_view text) {
  try {
    read_sample(text);
  } catch (const ConfigError& error) {
    return error.chain().front();
  }
  return "";
}

TEST_CASE("values given are stored, others keep their default") {
  const Sample sample = read_sample(R"({
    "output_dir": "out", "model": {"path": "m"}, "names": ["x", "y"],
    "training": {"learning_rate": 1e-3, "every": "5 steps", "batch_size": null}})");
  CHECK(sample.output_dir == "/base/out");
  CHECK(sample.model.path == "/base/m");
  CHECK(sample.names == std::vector<std::string>{"x", "y"});
  CHECK(sample.training.learning_rate == 1e-3);
  CHECK(sample.training.every == Duration{5, Unit::kSteps});
  CHECK(sample.training.batch_size == 32);
  CHECK_FALSE(sample.training.batch_tokens.has_value());
  CHECK_FALSE(sample.stopping.has_value());
}

TEST_CASE("an optional section is there when it is given, even empty, and not when it is null") {
  const std::string start = R"({"output_dir": "o", "model": {"path": "m"}, "stopping": )";
  CHECK(read_sample(start + "{}}").stopping.has_value());
  CHECK(read_sample(start + "{\"patience\": 3}}").stopping->patience == 3);
  CHECK_FALSE(read_sample(start + "null}").stopping.has_value());
}

TEST_CASE("a missing required key is reported, and a missing section that holds one") {
  CHECK(error_of("{}") ==
        "'sample.json' has 2 errors:\n"
        "  line 1, column 1: output_dir: missing, but required: Where to.\n"
        "  line 1, column 1: model: one of \"path\" and \"type\" is required");
  CHECK(error_of(R"({"output_dir": null, "model": {"path": "m"}})") ==
        "'sample.json' has 1 error:\n"
        "  line 1, column 1: output_dir: missing, but required: Where to.");
}

TEST_CASE("keys that exclude or need each other are reported") {
  const auto [section, message] = GENERATE(table<std::string, std::string>({
      {R"("model": {"path": "m", "type": "t", "config": {}})",
       R"(model: "path" and "type" exclude each other; keep one)"},
      {R"("model": {"type": "t"})", R"(model: "type" needs "config" beside it)"},
      {R"("model": {"path": "m", "config": {}})", R"(model: "config" needs "type" beside it)"},
      {R"("model": {"path": "m"}, "training": {"batch_size": 1, "batch_tokens": 2})",
       R"(training: "batch_size" and "batch_tokens" exclude each other; keep one)"},
  }));
  const std::string error = error_of(R"({"output_dir": "o", )" + section + "}");
  CHECK(error.starts_with("'sample.json' has 1 error:\n"));
  CHECK(error.ends_with(message));
}

TEST_CASE("a section that is no object is one error, whatever it is") {
  for (const char* value : {"3", "[]", "\"x\"", "true"}) {
    const std::string error = error_of(
        std::string(R"({"output_dir": "o", "model": {"path": "m"}, "training": )") + value + "}");
    CAPTURE(value, error);
    CHECK(error.starts_with("'sample.json' has 1 error:\n"));
    CHECK(error.find("training: expected an object, found") != std::string::npos);
  }
}

}  // namespace
}  // namespace finetune::config
