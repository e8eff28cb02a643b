#include "tensors/weight_file.h"

#include <catch2/catch.hpp>

#include "foreign_files.h"
#include "support/test_support.h"

using namespace finetune;
using Catch::Contains;

TEST_CASE("a weight file is mapped whole and outlives its opener") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "w", std::string("a\0b", 3));
  std::shared_ptr<const void> owner;
  std::string_view text;
  {
    const tensors::WeightFile file = tensors::open_weight_file(folder.path() / "w");
    CHECK(file.name == (folder.path() / "w").string());
    owner = file.owner;
    text = file.text();
  }
  CHECK(text == std::string_view("a\0b", 3));
}

TEST_CASE("missing, empty and special files are refused as checkpoints") {
  const test::TemporaryFolder folder;
  const auto open = [&](const std::filesystem::path& file) {
    return test::refusal([&] { tensors::open_weight_file(file); });
  };
  CHECK_THAT(open(folder.path() / "absent"), Contains("absent"));
  CHECK_THAT(open(folder.path()), Contains("regular file"));
  CHECK_THAT(open("/dev/zero"), Contains("/dev/zero"));
  test::write_file(folder.path() / "empty", "");
  CHECK_THAT(open(folder.path() / "empty"), Contains("empty"));
}

TEST_CASE("a Git LFS pointer in place of the weights is recognised") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "model.safetensors",
                   "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
  CHECK_THAT(test::refusal([&] { tensors::open_weight_file(folder.path() / "model.safetensors"); }),
             Contains("git lfs pull"));
}
