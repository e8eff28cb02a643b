#include "text/json_vocabulary.h"

#include <catch2/catch.hpp>

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
  CHECK(found->rest.size() == json.size());
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

}  // namespace finetune::text
