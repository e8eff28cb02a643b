#include "tensors/safetensors_writer.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "foreign_files.h"
#include "support/test_support.h"

using namespace finetune;
using namespace finetune::tensors;

namespace {

std::string written(const NamedTensors& tensors) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "out.safetensors";
  write_safetensors(base::posix_fs(), file, tensors);
  return test::read_file(file);
}

}  // namespace

TEST_CASE("the writer gives the bytes of the reference implementation") {
  // every_dtype.safetensors: save_file of safetensors 0.8.0 with metadata {"format": "pt"}
  const auto reference = test::fixture("tensors/fixtures/every_dtype.safetensors");
  const auto from_bin = test::fixture("tensors/fixtures/every_dtype_protocol2.bin");
  CHECK(written(read_safetensors(reference)) == test::read_file(reference));
  CHECK(written(read_torch_bin(from_bin)) == test::read_file(reference));
}

TEST_CASE("no tensors at all give a file that reads back empty") {
  const std::string bytes = written({});
  CHECK(bytes == test::safetensors_file(R"({"__metadata__":{"format":"pt"}})"));
}

TEST_CASE("strided views are written contiguously") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "views.safetensors";
  write_safetensors(base::posix_fs(), file,
                    read_torch_bin(test::fixture("tensors/fixtures/views.bin")));
  test::require_expected(read_safetensors(file), "views");
}

TEST_CASE("names that safetensors forbids are refused before a file is made") {
  const test::TemporaryFolder folder;
  const std::vector<float> values{1.0F};
  for (const std::string name : {"__metadata__", "\xff"}) {
    const NamedTensors tensors{
        {name, {DType::kF32, {1}, {}, std::as_bytes(std::span(values)), {}, "test"}}};
    const auto file = folder.path() / "out.safetensors";
    CHECK_THROWS_AS(write_safetensors(base::posix_fs(), file, tensors), CheckpointError);
    CHECK_FALSE(std::filesystem::exists(file));
  }
}

TEST_CASE("a full disk is an IoError") {
  const std::vector<float> values(100000, 1.0F);
  const NamedTensors tensors{
      {"x", {DType::kF32, {100000}, {}, std::as_bytes(std::span(values)), {}, "test"}}};
  CHECK_THROWS_AS(write_safetensors(base::posix_fs(), "/dev/full", tensors), IoError);
}

TEST_CASE("a file written for a tensor with wrong bytes is a bug of ours") {
  const std::vector<float> values(3);
  const NamedTensors tensors{
      {"x", {DType::kF32, {4}, {}, std::as_bytes(std::span(values)), {}, "test"}}};
  CHECK_THROWS_AS(written(tensors), InternalError);
}
