#include "architecture/rules.h"

#include <catch2/catch.hpp>

using namespace finetune::test;

// Every rule is broken here once on purpose, so that a rule which finds nothing is worth something.

namespace {

Violations rooms(const std::string& path, const std::string& include) {
  return room_violations({{path, "#pragma once\n#include " + include + "\n"}});
}

Violations libraries(const std::string& path, const std::string& include) {
  return library_violations({{path, "#include " + include + "\n"}});
}

}  // namespace

TEST_CASE("a room may include itself and what it can reach") {
  CHECK(rooms("lib/base/a.cpp", "\"base/b.h\"").empty());
  CHECK(rooms("lib/data/a.cpp", "\"base/b.h\"").empty());  // through text
  CHECK(rooms("lib/tasks/a.cpp", "\"kernels/ops.h\"").empty());
  CHECK(rooms("lib/train/a.h", "\"metrics/metric.h\"").empty());
  for (const char* room : {"base", "report", "train", "adapt", "dist", "decode", "tasks"}) {
    CHECK(rooms("lib/run/a.cpp", "\"" + std::string(room) + "/a.h\"").empty());
  }
  CHECK(rooms("lib/models/bert/a.cpp", "\"models/model.h\"").empty());
  CHECK(rooms("lib/base/a.cpp", "<vector>").empty());
  CHECK(rooms("apps/finetune/main.cpp", "\"run/train.h\"").empty());
  CHECK(rooms("tests/base/a_test.cpp", "\"support/test_support.h\"").empty());
}

TEST_CASE("a room may not include sideways or up") {
  CHECK(rooms("lib/base/a.h", "\"config/b.h\"").size() == 1);
  CHECK(rooms("lib/metrics/a.cpp", "\"data/b.h\"").size() == 1);
  CHECK(rooms("lib/text/a.cpp", "\"tensors/b.h\"").size() == 1);
  CHECK(rooms("lib/report/a.cpp", "\"train/b.h\"").size() == 1);
  CHECK(rooms("lib/train/a.cpp", "\"report/b.h\"").size() == 1);
  CHECK(rooms("lib/train/a.cpp", "\"run/b.h\"").size() == 1);
  CHECK(rooms("lib/models/bert/a.cpp", "  \"data/batch.h\"").size() == 1);
  CHECK(rooms("lib/models/bert/a.cpp", "\"../model.h\"").size() == 1);
  CHECK(rooms("lib/base/a.cpp", "\"b.h\"").size() == 1);
  CHECK(rooms("lib/base/a.cpp", "\"support/test_support.h\"").size() == 1);
  CHECK(rooms("lib/util/a.cpp", "<vector>").size() == 1);
}

TEST_CASE("foreign headers are allowed in their places only") {
  CHECK(libraries("lib/base/a.cpp", "<spdlog/logger.h>").empty());
  CHECK(libraries("lib/base/a.cpp", "<fcntl.h>").empty());
  CHECK(libraries("lib/config/a.h", "<nlohmann/json_fwd.hpp>").empty());
  CHECK(libraries("lib/nn/a.h", "<ATen/core/Tensor.h>").empty());
  CHECK(libraries("lib/config/a.h", "<nlohmann/json.hpp>").size() == 1);
  CHECK(libraries("tests/config/a.h", "<nlohmann/json.hpp>").size() == 1);
  CHECK(libraries("lib/run/a.h", "<spdlog/spdlog.h>").size() == 1);
  CHECK(libraries("apps/finetune/a.h", "<fmt/core.h>").size() == 1);
  CHECK(libraries("lib/tensors/a.cpp", "<ATen/core/Tensor.h>").size() == 1);
  CHECK(libraries("lib/data/a.h", "<c10/util/BFloat16.h>").size() == 1);
  CHECK(libraries("lib/report/a.cpp", "<torch/nn/module.h>").size() == 1);
  CHECK(libraries("tests/nn/a_test.cpp", "<torch/torch.h>").size() == 1);
  CHECK(libraries("lib/nn/a.cpp", "\"torch/torch.h\"").size() == 1);
  CHECK(libraries("lib/base/a.cpp", "<CLI/CLI.hpp>").size() == 1);
  CHECK(libraries("lib/base/a.cpp", "<zlib.h>").size() == 1);
}

TEST_CASE("printing, reading argv and exiting are found in code, not in comments or texts") {
  const auto found = [](const std::string& text) {
    return process_violations({{"lib/run/a.cpp", text}}).size();
  };
  CHECK(found("std::cout << 1;") == 1);
  CHECK(found("std::exit(1);") == 1);
  CHECK(found("int main(int argc, char** argv)") == 1);
  CHECK(found("printf(\"x\");") == 1);
  CHECK(found("fputs(text, stdout);") == 1);
  CHECK(found("std::cout; exit(1); std::cerr;") == 3);
  CHECK(found("// std::cout\n/* exit(1)\n argv */ f(\"std::cout\", 'e', \"\\\"exit\");") == 0);
  CHECK(found("f(R\"(std::cout \" exit)\"); g(R\"x(argv)\" )x\");") == 0);
  CHECK(found("f('\"'); std::cout; f('\"');") == 1);
  CHECK(found("f(1'000); std::cout; f(1'000);") == 1);
  CHECK(found("exit_code(); on_exit; snprintf(a); at_exit();") == 0);
  CHECK(process_violations({{"apps/finetune/main.cpp", "std::cout << argv[1];"}}).empty());
}

TEST_CASE("a source without test, or unknown to CMake, is found") {
  const SourceFile source{"lib/models/bert/a.cpp", ""}, test{"tests/models/bert/a_test.cpp", ""};
  const SourceFile built{"lib/models/CMakeLists.txt", "SOURCES bert/a.cpp"};
  const SourceFile tested{"tests/models/CMakeLists.txt", "SOURCES bert/a_test.cpp"};
  CHECK(pairing_violations({built, source, tested, test}).empty());
  CHECK(pairing_violations({built, source, tested}).size() == 1);
  CHECK(pairing_violations({source, tested, test}).size() == 1);
  CHECK(pairing_violations({built, source, test}).size() == 1);
  CHECK(pairing_violations({{"lib/base/a.h", ""}, {"tests/base/compare.cpp", ""}}).empty());
}

TEST_CASE("a file of 501 lines is too long") {
  CHECK(size_violations({{"lib/base/a.cpp", std::string(500, '\n')}}).empty());
  CHECK(size_violations({{"scripts/a.sh", std::string(501, '\n')}}).size() == 1);
}
