#include "common_options.h"

#include <catch2/catch.hpp>

using namespace finetune;
using Catch::Matchers::Contains;

namespace {

enum class Fruit { kApple, kPear, kPlum };

/// What reading `arguments` says; "" when they are read.
std::string refusal(CLI::App& app, const std::string& arguments) {
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  return "";
}

std::string refusal(const CLI::Validator& check, const std::string& value) {
  CLI::App app;
  std::string text;
  app.add_option("--x", text)->check(check);
  return refusal(app, "--x=" + value);
}

}  // namespace

TEST_CASE("a choice takes its names and nothing else") {
  CLI::App app;
  Fruit fruit = Fruit::kApple;
  apps::add_choice<Fruit>(
      app, "--fruit", fruit,
      {{"apple", Fruit::kApple}, {"pear", Fruit::kPear}, {"plum", Fruit::kPlum}});
  CHECK(refusal(app, "--fruit plum").empty());
  CHECK(fruit == Fruit::kPlum);
  CHECK(refusal(app, "--fruit=pear").empty());
  CHECK(fruit == Fruit::kPear);
  for (const std::string word : {"2", "Pear", "foo"}) {
    CHECK(refusal(app, "--fruit " + word) ==
          "--fruit: expected apple, pear or plum, found '" + word + "'");
  }
  CHECK(fruit == Fruit::kPear);
  CHECK_THAT(app.help(), Contains("--fruit apple|pear|plum"));
}

TEST_CASE("a whole number stays within its range") {
  for (const char* value : {"1", "32", "1000"})
    CHECK(refusal(apps::whole_number(1, 1000), value).empty());
  for (const std::string value : {"0", "-1", "1001", "1.5", "1e2", "two", "99999999999999999999"})
    CHECK(refusal(apps::whole_number(1, 1000), value) ==
          "--x: expected a whole number from 1 to 1000, found '" + value + "'");
  CHECK(refusal(apps::whole_number(0), "2147483647").empty());
  CHECK_THAT(refusal(apps::whole_number(0), "2147483648"), Contains("from 0 to 2147483647"));
}

TEST_CASE("a number of 0 or more") {
  for (const char* value : {"0", "0.5", "1e-3"})
    CHECK(refusal(apps::non_negative_number(), value).empty());
  for (const std::string value : {"-0.1", "nan", "much"})
    CHECK(refusal(apps::non_negative_number(), value) ==
          "--x: expected a number of 0 or more, found '" + value + "'");
}

TEST_CASE("what is accepted of weights") {
  CLI::App app;
  models::LoadOptions load;
  apps::add_load_flags(app, load);
  CHECK(refusal(app, "--allow-unused").empty());
  CHECK(load.allow_unused);
  CHECK_FALSE(load.allow_nonfinite);
  CHECK(refusal(app, "--allow-nonfinite").empty());
  CHECK(load.allow_nonfinite);
}

TEST_CASE("the help shows how keys of the config are given") {
  CLI::App app;
  apps::describe_overrides(app);
  CHECK_THAT(app.help(), Contains("--set KEY=VALUE") && Contains("--KEY=VALUE"));
}
