#include "argument_errors.h"

#include <catch2/catch.hpp>

using namespace finetune;
using Catch::Matchers::Contains;

namespace {

const apps::CommandShape kTrain = {"train", {"--resume", "--force", "--json"}, true};
const apps::CommandShape kSchema = {"schema", {"--markdown"}, false};

}  // namespace

TEST_CASE("an unknown option is named, with the nearest one") {
  CHECK(apps::describe_extras({"--resum"}, kTrain) ==
        "unknown option '--resum' (did you mean --resume?)");
  CHECK(apps::describe_extras({"--resum=must"}, kTrain) ==
        "unknown option '--resum' (did you mean --resume?)");
  CHECK(apps::describe_extras({"--nosuch"}, kTrain) == "unknown option '--nosuch'");
  CHECK(apps::describe_extras({"-x"}, {}) == "unknown option '-x'");
}

TEST_CASE("the option is named, not the words beside it") {
  CHECK(apps::describe_extras({"5", "--nosuch", "--other"}, kTrain) == "unknown option '--nosuch'");
  CHECK(apps::describe_extras({"--", "5", "6"}, kTrain) == "unexpected argument '5'");
  CHECK(apps::describe_extras({"--"}, kTrain).empty());
  CHECK(apps::describe_extras({}, kTrain).empty());
}

TEST_CASE("a key of the config without its equals sign is told of it") {
  for (const std::string key : {"--training.batch_size", "--learning_rate", "--seed"})
    CHECK_THAT(apps::describe_extras({"5", key}, kTrain), Contains(key + "=VALUE"));
  CHECK(apps::describe_extras({"--training.batch_size"}, kSchema) ==
        "unknown option '--training.batch_size'");
}

TEST_CASE("a command without overrides says so") {
  for (const std::string argument : {"seed=3", "--training.batch_size=3", "--set", "--set=a.b=3"})
    CHECK(apps::describe_extras({argument}, kSchema) ==
          "'" + argument + "': 'schema' takes no overrides of config keys");
}
