#include "config/document.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "sample.h"

namespace finetune::config {
namespace {

constexpr const char* kGood = R"({"output_dir": "o", "model": {"path": "m"}})";

std::string error_of(std::string_view text, std::vector<std::string> overrides = {}) {
  try {
    test::read_sample(text, std::move(overrides));
  } catch (const ConfigError& error) {
    return error.chain().front();
  }
  return "";
}

TEST_CASE("all errors of a file and its overrides are reported at once") {
  CHECK(error_of(R"({
  "output_dir": "o",  // where to
  "model": {"path": 3},
  "training": {"batch_size": 1.5, "learning_rat": 1, "every": "1 hour", "mode": "exat",},
  "is_loud": "true"
})",
                 {"training.learning_rate=-1", "trainin.mode=fast"}) ==
        R"('sample.json' has 10 errors:
  line 2, column 23: JSON allows no comments; put remarks into "about"
  line 3, column 21: model.path: expected a path, found 3
  line 4, column 30: training.batch_size: expected an integer >= 1, found 1.5
  line 4, column 35: training.learning_rat: unknown key; did you mean "learning_rate": 1?
  line 4, column 63: training.every: expected a length of training > 0 in steps, epochs (a bare number is steps), found the string '1 hour'
  line 4, column 81: training.mode: expected one of "fast", "exact", found the string 'exat'; did you mean "exact"?
  line 4, column 87: training: JSON allows no comma before '}'
  line 5, column 14: is_loud: expected true or false, found the string 'true'; write it without quotes
  override 'training.learning_rate=-1': training.learning_rate: expected a number > 0 and < 10, found -1
)" + std::string("  override 'trainin.mode=fast': trainin: unknown key; did you mean ") +
            "training.mode=fast?");
}

TEST_CASE("a value that was reported as no JSON is not reported again for its type") {
  CHECK(error_of(
            R"({"output_dir": "o", "model": {"path": "m"}, "training": {"batch_size": 1e400}})") ==
        "'sample.json' has 1 error:\n  line 1, column 72: training.batch_size: the number '1e400' "
        "is out of range (at most 1.8e308)");
}

TEST_CASE("text that is no object is one error") {
  CHECK(error_of("[1]") ==
        "'sample.json' has 1 error:\n  line 1, column 1: expected an object, found an array");
  CHECK(error_of("{", {"a=1"}).starts_with("'sample.json' has 1 error:\n"));
}

TEST_CASE("overrides change values; a text key takes what looks like a number") {
  const test::Sample sample =
      test::read_sample(kGood, {"output_dir=2024", "--training.batch_size=8", "stopping.patience=3",
                                "model.path=null", "model.type=7", "model.config={}"});
  CHECK(sample.output_dir == "/data/2024");
  CHECK(sample.training.batch_size == 8);
  CHECK(sample.stopping->patience == 3);
  CHECK(sample.model.type == "7");
}

TEST_CASE("an error about several keys stands where one was given, and not on top of others") {
  Document document("f", R"({"a": 1, "b": {"c": 2}})", {});
  document.report({"b.x", "b.c"}, "does not fit");
  document.report({"b.c", "b.x"}, "not said again about b.x");
  document.report({"a", "z"}, "alone");
  document.report({"z.y"}, "nowhere");
  CHECK_THROWS_WITH(document.throw_if_wrong(),
                    "'f' has 3 errors:\n"
                    "  line 1, column 1: z.y: nowhere\n"
                    "  line 1, column 7: a: alone\n"
                    "  line 1, column 21: b.x: does not fit");
}

TEST_CASE("a document without errors throws nothing") {
  Document document("f", "{}", {});
  CHECK_NOTHROW(document.throw_if_wrong());
}

TEST_CASE("a string that decides which keys there are is known before they are read") {
  const Document document("f", R"({"task": {"type": "a", "size": 3}})", {"task.type=b"});
  CHECK(document.text_at("task.type") == "b");
  CHECK_FALSE(document.text_at("task.size").has_value());
  CHECK_FALSE(document.text_at("task.name").has_value());
  CHECK_FALSE(Document("f", "[", {}).text_at("task.type").has_value());
}

}  // namespace
}  // namespace finetune::config
