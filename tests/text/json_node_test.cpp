#include "text/json_node.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace finetune::text {

TEST_CASE("every wrong value is named by its path") {
  const nlohmann::json value = {
      {"a", {{"b", {1, "x", true}}}}, {"n", nullptr}, {"big", UINT64_MAX}};
  const JsonNode root(value);
  const std::vector<JsonNode> items = root.at("a").at("b").items();
  CHECK(items[0].integer(0, 5) == 1);
  CHECK(items[1].string() == "x");
  CHECK(items[2].boolean());
  CHECK_THROWS_WITH(items[1].boolean(), Catch::Contains("'/a/b/1': expected true or false"));
  CHECK_THROWS_WITH(items[0].integer(2, 5), Catch::Contains("from 2 to 5, found '1'"));
  CHECK_THROWS_WITH(root.at("big").integer(0, 5), Catch::Contains("'/big'"));
  CHECK_THROWS_WITH(items[0].string(), Catch::Contains("'/a/b/0'"));
  CHECK_THROWS_WITH(root.at("a").at("c"), Catch::Contains("'/a': the key 'c' is missing"));
  CHECK_THROWS_WITH(items[0].at("c"), Catch::Contains("expected an object"));
  CHECK_THROWS_WITH(root.items(), Catch::Contains("expected an array"));
  CHECK_THROWS_WITH(items[1].one_of({"y", "z"}),
                    Catch::Contains("'x' is not supported yet") && Catch::Contains("y, z"));
  CHECK_FALSE(root.find("n").has_value());
  CHECK_FALSE(root.find("missing").has_value());
  CHECK(root.has("n"));
}

TEST_CASE("a type that is not named is the first whose keys are all there") {
  const auto type_of = [](const nlohmann::json& value) {
    return JsonNode(value).type({"X", "Y"}, {{"X", {"a", "b"}}, {"Y", {"a"}}});
  };
  CHECK(type_of({{"a", 1}, {"b", 2}}) == "X");
  CHECK(type_of({{"a", 1}, {"type", nullptr}}) == "Y");
  CHECK(type_of({{"a", 1}, {"type", "X"}}) == "X");
  CHECK_THROWS_WITH(type_of({{"b", 1}}), Catch::Contains("the key 'type' is missing"));
  CHECK_THROWS_WITH(type_of({{"a", 1}, {"type", "Z"}}), Catch::Contains("'Z' is not supported"));
}

}  // namespace finetune::text
