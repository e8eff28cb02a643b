#include "report/environment.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

TEST_CASE("the environment is JSON whatever its strings hold") {
  finetune::report::Environment environment;
  environment.version = "0.1.0";
  environment.num_threads = 2;
  environment.command = "finetune train \"a b\"\n\x1b[31m\xff";
  environment.fingerprints = {{"train", "00ff"}};
  environment.labels = {"negative", "</script>"};
  const std::string text = finetune::report::environment_json(environment);
  CHECK(text.find('\x1b') == std::string::npos);
  const auto json = nlohmann::json::parse(text);
  CHECK(json.size() == 13);
  CHECK(json.at("finetune_version") == "0.1.0");
  CHECK(json.at("num_threads") == 2);
  CHECK(json.at("command") == "finetune train \"a b\"\n\x1b[31m\xef\xbf\xbd");
  CHECK(json.at("fingerprints").at("train") == "00ff");
  CHECK(json.at("labels").at(1) == "</script>");
}
