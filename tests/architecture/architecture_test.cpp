#include <algorithm>
#include <catch2/catch.hpp>

#include "architecture/rules.h"
#include "support/test_support.h"

using namespace finetune::test;

namespace {

const SourceFiles& project() {
  static const SourceFiles files = read_source_files(source_folder());
  return files;
}

std::string lines(const Violations& violations) {
  std::string text;
  for (const std::string& violation : violations) text += violation + "\n";
  return text;
}

}  // namespace

TEST_CASE("the sources of the project are found") {
  CHECK(project().size() > 100);
  CHECK(std::any_of(project().begin(), project().end(),
                    [](const SourceFile& file) { return file.path == "lib/base/error.h"; }));
}

TEST_CASE("every room includes only what its row of the table allows") {
  CHECK(lines(room_violations(project())) == "");
}

TEST_CASE("foreign libraries stay where they belong") {
  CHECK(lines(library_violations(project())) == "");
}

TEST_CASE("only apps/ prints, reads the command line or exits") {
  CHECK(lines(process_violations(project())) == "");
}

TEST_CASE("every source has its test, and CMake knows both") {
  CHECK(lines(pairing_violations(project())) == "");
}

TEST_CASE("no file is longer than 500 lines") { CHECK(lines(size_violations(project())) == ""); }
