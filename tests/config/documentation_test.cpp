#include "config/documentation.h"

#include <catch2/catch.hpp>

#include "sample.h"

namespace finetune::config {
namespace {

TEST_CASE("a key is explained by its path or by its last part") {
  const std::string text =
      "training.learning_rate\n"
      "  Rate.\n"
      "  type:     a number > 0 and < 10\n"
      "  default:  5e-05\n"
      "  example:  \"training\": {\"learning_rate\": 5e-05}\n"
      "  resume:   may change when a run is resumed\n";
  CHECK(explain(test::sample_keys(), "training.learning_rate") == text);
  CHECK(explain(test::sample_keys(), "learning_rate") == text);
  CHECK(explain(test::sample_keys(), "rate").empty());
}

TEST_CASE("a section is explained with its keys") {
  CHECK(explain(test::sample_keys(), "stopping") ==
        "stopping\n"
        "  The end.\n"
        "\n"
        "stopping.patience\n"
        "  Patience.\n"
        "  type:     an integer >= 1\n"
        "  default:  1\n"
        "  example:  \"stopping\": {\"patience\": 1}\n"
        "  resume:   belongs to the run: a change needs --force\n");
}

TEST_CASE("Markdown has a table for each section, with cells kept whole") {
  test::Sample sample;
  const std::string text = markdown(test::fields_of(sample));
  CHECK(text.find("\n## Top level\n\n| key | type | default | meaning |\n|---|---|---|---|\n"
                  "| `output_dir` | a path | required | Where to. |\n"
                  "| `is_loud` | true or false | `false` | Noise. |\n") != std::string::npos);
  CHECK(text.find("| `mode` | one of \"fast\", \"exact\" | `\"fast\"` | How \\| fast. |\n"
                  "\n`batch_size` and `batch_tokens` exclude each other.\n") != std::string::npos);
  CHECK(text.find("\n## stopping\n\nThe end. Off unless the section is there.\n") !=
        std::string::npos);
  CHECK(text.find("Exactly one of `path` and `type` is required.\n\n`type` and `config` go "
                  "together.\n") != std::string::npos);
}

}  // namespace
}  // namespace finetune::config
