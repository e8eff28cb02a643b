#include <catch2/catch.hpp>

#include "minimal_config.h"

namespace finetune::run {
namespace {

TEST_CASE("docs/config.md is what finetune schema --markdown prints") {
  INFO("renew it by: finetune schema --markdown > docs/config.md");
  CHECK(test::read_file(test::source_folder() / "docs/config.md") == config_docs());
}

TEST_CASE("the page has a table for every section") {
  const std::string page = config_docs();
  for (const char* heading :
       {"# The config file", "## Top level", "## model", "## early_stopping"}) {
    CHECK(("\n" + page).find(std::string("\n") + heading + "\n") != std::string::npos);
  }
  CHECK(page.find("| `learning_rate` | a number > 0 | `5e-05` | ") != std::string::npos);
}

}  // namespace
}  // namespace finetune::run
