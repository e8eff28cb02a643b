#include "text/json_vocabulary.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace finetune::text {

TEST_CASE("the vocabulary is taken out and the rest keeps its lines") {
  const std::string json =
      "{\"a\": [1, {\"model\": 2}], \"b\": -1.5e3,\n \"model\": {\"type\": \"x\", \"vocab\": {\n"
      "\"plain\": 0, \"q\\\"\\\\\\/\\n\\u00e9\\ud83d\\ude00\" :12\n}, \"z\": null}}";
  const auto found = extract_vocabulary(json, 100);
  REQUIRE(found.has_value());
  REQUIRE(found->tokens.size() == 2);
  CHECK(found->tokens[0] == std::pair<std::string, int32_t>{"plain", 0});
  CHECK(found->tokens[1] == std::pair<std::string, int32_t>{"q\"\\/\n\u00E9\U0001F600", 12});
  CHECK(found->scores.empty());
  CHECK(std::count(found->rest.begin(), found->rest.end(), '\n') == 3);
  CHECK_THAT(found->rest, Catch::Contains("\"z\": null}}") && !Catch::Contains("plain"));
}

TEST_CASE("whatever is not plain is left to the general parser") {
  for (const char* vocabulary :
       {"{}", "[\"a\"]", "{\"a\": -1}", "{\"a\": 1.5}", "{\"a\": 101}", "{\"a\": 007}",
        "{\"a\": \"1\"}", "{\"a\" 1}", "{\"a\": 1,}", "{\"\\ud800\": 1}", "{\"\\x\": 1}",
        "{\"\xFF\": 1}", "{\"\\ud800\\u0041\": 1}", "{\"\\u12\": 1}", "{\"a\n\": 1}", "{\"a\\",
        "{\"a\": 1e2}"}) {
    INFO(vocabulary);
    CHECK_FALSE(extract_vocabulary(std::string("{\"model\": {\"vocab\": ") + vocabulary + "}}", 100)
                    .has_value());
  }
  for (const char* json : {"", "{", "[]", "{\"model\"", "{\"model\": 1}", "{\"vocab\": {\"a\": 1}}",
                           "{\"model\": {}}", "{\"x\": \"", "{\"x\": [[[", "{\"x\": ]}"}) {
    INFO(json);
    CHECK_FALSE(extract_vocabulary(json, 100).has_value());
  }
}

TEST_CASE("scored tokens and merges of both kinds are taken out") {
  const auto found = extract_vocabulary(
      "{\"model\": {\"vocab\": [[\"a\", -1.5], [\"b c\", 0]],\n\"merges\": [\"#version: 0.2\", \"a "
      "b\",\n"
      "[\"a b\", \"\\n\"]]}}",
      100);
  REQUIRE(found.has_value());
  CHECK(found->tokens == std::vector<std::pair<std::string, int32_t>>{{"a", 0}, {"b c", 1}});
  CHECK(found->scores == std::vector<double>{-1.5, 0.0});
  CHECK(found->merges ==
        std::vector<std::pair<std::string, std::string>>{{"a", "b"}, {"a b", "\n"}});
  CHECK(found->rest == "{\"model\": {\"vocab\": [],\n\"merges\": [\n]}}");
  for (const char* merges :
       {"[\"a\"]", "[\"a b c\"]", "[[\"a\"]]", "[[\"a\", \"b\", \"c\"]]", "[1]"}) {
    INFO(merges);
    const std::string model = std::string("{\"vocab\": {\"a\": 0}, \"merges\": ") + merges + "}";
    CHECK_FALSE(extract_vocabulary("{\"model\": " + model + "}", 100).has_value());
    const nlohmann::json json = nlohmann::json::parse(model);
    CHECK_THROWS_WITH(read_vocabulary(JsonNode(json), 100), Catch::Contains("/merges/0"));
  }
}

TEST_CASE("the general parser gives the same tables") {
  const std::string model =
      R"({"vocab": [["a", -1.5], ["b", 0]], "merges": ["#version: 0.2", "a b", ["c", "d"]]})";
  const nlohmann::json json = nlohmann::json::parse(model);
  const JsonVocabulary slow = read_vocabulary(JsonNode(json), 100);
  const auto fast = extract_vocabulary("{\"model\": " + model + "}", 100);
  REQUIRE(fast.has_value());
  CHECK(slow.tokens == fast->tokens);
  CHECK(slow.scores == fast->scores);
  CHECK(slow.merges == fast->merges);
  const nlohmann::json odd = nlohmann::json::parse(R"({"vocab": [["a", "b"]]})");
  CHECK_THROWS_WITH(read_vocabulary(JsonNode(odd), 100), Catch::Contains("/vocab/0"));
}

TEST_CASE("a file that is a vocabulary alone is read, and its errors are placed") {
  const auto tokens = read_vocabulary_file("{\"a\": 1, \"\\u00e9\": 0}\n", "vocab.json", 10);
  CHECK(tokens == std::vector<std::pair<std::string, int32_t>>{{"a", 1}, {"\u00E9", 0}});
  std::string report;
  try {
    read_vocabulary_file("{\"a\": 11}", "vocab.json", 10);
  } catch (const CheckpointError& error) {
    report = error.report();
  }
  CHECK_THAT(report, Catch::Contains("'vocab.json'") && Catch::Contains("'/a'"));
  CHECK_THROWS_AS(read_vocabulary_file("{\"a\": 1} x", "vocab.json", 10), CheckpointError);
}

}  // namespace finetune::text
