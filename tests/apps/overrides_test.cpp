#include "overrides.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace finetune;
using Strings = std::vector<std::string>;

TEST_CASE("every form of an override is taken out of the command line, in order") {
  const auto split = apps::split_overrides(
      {"train", "--set", "training.batch_size=4", "run.json", "optimizer.learning_rate=3e-5",
       "--schedule.warmup=6 percent", "--json", "--set=data.test=a.tsv"});
  CHECK(split.arguments == Strings{"train", "run.json", "--json"});
  CHECK(split.overrides == Strings{"training.batch_size=4", "optimizer.learning_rate=3e-5",
                                   "schedule.warmup=6 percent", "data.test=a.tsv"});
}

TEST_CASE("keys outside of sections need no dot") {
  const auto split = apps::split_overrides({"--seed=3", "--output_dir=../runs/a", "about=a try"});
  CHECK(split.arguments.empty());
  CHECK(split.overrides == Strings{"seed=3", "output_dir=../runs/a", "about=a try"});
}

TEST_CASE("a wrong key is left to the reader of the config, which knows what was meant") {
  CHECK(apps::split_overrides({"--learning_rate=3e-5"}).overrides == Strings{"learning_rate=3e-5"});
}

TEST_CASE("what is no override stays where it is") {
  const Strings arguments = {"--resume=must",
                             "--format=text",
                             "a/b.c=d",
                             "Training.Seed=3",
                             "--split",
                             "training.batch_size",
                             "=x",
                             "--data",
                             "train.tsv",
                             "-v",
                             "--unknown=3"};
  const auto split = apps::split_overrides(arguments);
  CHECK(split.arguments == arguments);
  CHECK(split.overrides.empty());
}

TEST_CASE("a value may hold anything, equals signs and nothing at all") {
  const auto split =
      apps::split_overrides({"--set", "about=a=b --set", "data.test=", "--set", "x"});
  CHECK(split.overrides == Strings{"about=a=b --set", "data.test=", "x"});
}

TEST_CASE("behind a lone -- nothing is an override") {
  const auto split = apps::split_overrides({"seed=1", "--", "seed=2", "--set", "--"});
  CHECK(split.arguments == Strings{"--", "seed=2", "--set", "--"});
  CHECK(split.overrides == Strings{"seed=1"});
}

TEST_CASE("forms of an override and keys that lack a value are told apart") {
  for (const char* argument : {"--set", "--set=a.b=1", "a.b=1", "--a.b=1", "--seed=1", "about="})
    CHECK(apps::is_override(argument));
  for (const char* argument : {"--a.b", "a.b", "--seed", "--settle", "--json", "x"})
    CHECK_FALSE(apps::is_override(argument));
  for (const char* argument : {"--a.b", "--learning_rate", "--seed"})
    CHECK(apps::is_key_option(argument));
  for (const char* argument : {"a.b", "--a.b=1", "--json", "--resume", "-a.b", "--"})
    CHECK_FALSE(apps::is_key_option(argument));
}

TEST_CASE("--set needs a value") {
  CHECK_THROWS_AS(apps::split_overrides({"train", "--set"}), ConfigError);
}
