#include <catch2/catch.hpp>

#include "value_case.h"

namespace finetune::config {
namespace {

using test::rewritten;

TEST_CASE("a boolean is true or false and nothing else") {
  CHECK(rewritten<bool>("true") == "true");
  CHECK(rewritten<bool>("\"true\"") == "!write it without quotes");
  CHECK(rewritten<bool>("1") == "!");
  CHECK(type_of<bool>().expected({}) == "true or false");
}

TEST_CASE("an integer has no fraction and keeps its range") {
  const Rule rule{.at_least = 1, .at_most = 10};
  CHECK(rewritten<int64_t>("10", rule) == "10");
  CHECK(rewritten<int64_t>("1e1", rule) == "10");
  CHECK(rewritten<int64_t>("1.5", rule) == "!");
  CHECK(rewritten<int64_t>("0", rule) == "!");
  CHECK(rewritten<int64_t>("11", rule) == "!");
  CHECK(rewritten<int64_t>("\"3\"", rule) == "!write it without quotes");
  CHECK(rewritten<int64_t>("9223372036854775807") == "9223372036854775807");
  CHECK(rewritten<int64_t>("9223372036854775808") == "!the largest is 9223372036854775807");
  CHECK(type_of<int64_t>().expected(rule) == "an integer >= 1 and <= 10");
}

TEST_CASE("a number keeps its range and every digit") {
  const Rule rule{.above = 0};
  CHECK(rewritten<double>("5e-5", rule) == "5e-05");
  CHECK(rewritten<double>("0.1", rule) == "0.1");
  CHECK(rewritten<double>("0", rule) == "!");
  CHECK(rewritten<double>("\"1e-4\"", rule) == "!write it without quotes");
  CHECK(rewritten<double>("[1]", rule) == "!");
  CHECK(type_of<double>().expected(rule) == "a number > 0");
}

TEST_CASE("a string is free, or one of its choices with the nearest named") {
  const Rule rule{.choices = {"linear", "constant"}};
  CHECK(rewritten<std::string>("\"any\"") == "\"any\"");
  CHECK(rewritten<std::string>("5") == "!");
  CHECK(rewritten<std::string>("\"linear\"", rule) == "\"linear\"");
  CHECK(rewritten<std::string>("\"lineer\"", rule) == "!did you mean \"linear\"?");
  CHECK(rewritten<std::string>("\"cosine\"", rule) == "!");
  CHECK(type_of<std::string>().expected(rule) == "one of \"linear\", \"constant\"");
}

TEST_CASE("strings in an array differ and are not empty") {
  using Strings = std::vector<std::string>;
  CHECK(rewritten<Strings>(R"(["a", "b"])") == R"(["a", "b"])");
  CHECK(rewritten<Strings>("[]") == "!");
  CHECK(rewritten<Strings>("\"a\"") == "!");
  CHECK(rewritten<Strings>("[\"a\", 1]") == "!it holds 1");
  CHECK(rewritten<Strings>("[\"\"]") == "!it holds an empty string");
  CHECK(rewritten<Strings>("[\"a\", \"a\"]") == "!it holds 'a' twice");
}

}  // namespace
}  // namespace finetune::config
