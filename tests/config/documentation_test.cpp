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

struct Inner {
  int64_t depth = 2;
  void describe(Fields& fields) { fields.add("depth", depth, {.doc = "How deep."}); }
};

struct Outer {
  int64_t width = 1;
  std::optional<Inner> inner;
  void describe(Fields& fields) {
    fields.add("width", width, {.doc = "How wide."});
    fields.add_section("inner", inner, "Inside.");
  }
};

struct Root {
  Outer outer;
  void describe(Fields& fields) { fields.add_section("outer", outer, "Around."); }
};

TEST_CASE(
    "a section inside a section has a table of its own, and is explained with the outer one") {
  Root root;
  CHECK(markdown(test::fields_of(root))
            .ends_with("\n## outer.inner\n\nInside. Off unless the section is there.\n"
                       "\n| key | type | default | meaning |\n|---|---|---|---|\n"
                       "| `depth` | an integer | `2` | How deep. |\n"));
  const auto keys = all_keys(test::fields_of(root));
  const std::string inner = explain(keys, "outer.inner");
  CHECK(inner.starts_with("outer.inner\n  Inside.\n\nouter.inner.depth\n"));
  CHECK(inner.find("example:  \"outer\": {\"inner\": {\"depth\": 2}}\n") != std::string::npos);
  CHECK(explain(keys, "outer").ends_with("\n" + inner));
}

}  // namespace
}  // namespace finetune::config
