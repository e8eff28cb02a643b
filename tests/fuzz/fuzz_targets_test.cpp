// Replays every input that fuzzing has kept: seeds, and whatever once was a finding.
#include "fuzz_targets.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "support/test_support.h"

namespace finetune::fuzz {

TEST_CASE("the readers survive every input of the fuzzing corpus") {
  for (const FuzzTarget& target : fuzz_targets()) {
    const std::filesystem::path folder = test::fixture("fuzz/corpus/" + target.name);
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      INFO(entry.path());
      CHECK_NOTHROW(target.run(test::read_file(entry.path())));
      ++count;
    }
    INFO(target.name);
    CHECK(count >= 3);
  }
}

TEST_CASE("the readers survive every truncation of every input of the corpus") {
  for (const FuzzTarget& target : fuzz_targets()) {
    const std::filesystem::path folder = test::fixture("fuzz/corpus/" + target.name);
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      INFO(entry.path());
      const std::string bytes = test::read_file(entry.path());
      const size_t step = std::max<size_t>(1, bytes.size() / 200);
      for (size_t size = 0; size < bytes.size(); size += step) {
        CHECK_NOTHROW(target.run(bytes.substr(0, size)));
      }
    }
  }
}

}  // namespace finetune::fuzz
