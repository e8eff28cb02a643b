#include "config/problems.h"

#include <catch2/catch.hpp>

namespace finetune::config {
namespace {

TEST_CASE("problems are reported in the order of the file, then of the overrides") {
  Problems problems;
  problems.add({0, 0, 1}, "b", "late");
  problems.add({3, 1}, "a.x", "third");
  problems.add({2, 9}, "", "second");
  problems.add({2, 5}, "a", "first");
  const std::vector<std::string> overrides = {"a=1", "b='\x1b'"};
  CHECK(problems.report("dir/f.json", overrides) ==
        "'dir/f.json' has 4 errors:\n"
        "  line 2, column 5: a: first\n"
        "  line 2, column 9: second\n"
        "  line 3, column 1: a.x: third\n"
        "  override 'b=\\'\\x1b\\'': b: late");
}

TEST_CASE("one problem is an error, many are cut after fifty") {
  Problems problems;
  problems.add({1, 1}, "a", "wrong");
  CHECK(problems.report("f", {}) == "'f' has 1 error:\n  line 1, column 1: a: wrong");
  for (int i = 0; i < 59; ++i) problems.add({2, i}, "b", "wrong");
  const std::string text = problems.report("f", {});
  CHECK(text.starts_with("'f' has 60 errors:\n"));
  CHECK(text.ends_with("\n  and 10 more"));
}

TEST_CASE("a problem concerns its key, the section around it and the keys inside it") {
  Problems problems;
  CHECK_FALSE(problems.concerns("a"));
  problems.add({}, "", "of no key");
  CHECK_FALSE(problems.concerns("a"));
  problems.add({}, "a.b", "wrong");
  CHECK(problems.concerns("a"));
  CHECK(problems.concerns("a.b"));
  CHECK(problems.concerns("a.b.c"));
  CHECK_FALSE(problems.concerns("a.bc"));
  CHECK_FALSE(problems.concerns("a.c"));
}

TEST_CASE("keys are joined by dots, unusual ones quoted") {
  CHECK(join_key("", "$schema") == "$schema");
  CHECK(join_key("a", "b_1") == "a.b_1");
  CHECK(join_key("a", "b.c\n") == "a.'b.c\\n'");
  CHECK(join_key("", "") == "''");
}

TEST_CASE("an entry is shown inside its section") {
  CHECK(inside_section("", "x") == "x");
  CHECK(inside_section("a", "x") == "\"a\": {x}");
  CHECK(inside_section("a.b", "x") == "\"a\": {\"b\": {x}}");
}

}  // namespace
}  // namespace finetune::config
