#include "base/mapped_file.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "base/error.h"
#include "support/test_support.h"

using namespace finetune;
using base::MappedFile;

TEST_CASE("a mapping shows the bytes of the file, also of an empty one") {
  const test::TemporaryFolder folder;
  const std::string bytes = std::string(10'000, 'x') + std::string("\0end", 4);
  test::write_file(folder.path() / "file", bytes);
  const MappedFile file(folder.path() / "file");
  CHECK(file.text() == bytes);
  CHECK(file.bytes().size() == bytes.size());
  test::write_file(folder.path() / "empty", "");
  CHECK(MappedFile(folder.path() / "empty").text().empty());
}

TEST_CASE("a mapping survives that the file is replaced or removed") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "file", "old");
  const MappedFile file(folder.path() / "file");
  test::write_file(folder.path() / "new", "brand new");
  std::filesystem::rename(folder.path() / "new", folder.path() / "file");
  CHECK(file.text() == "old");
}

TEST_CASE("what is not a regular file is refused without blocking") {
  const test::TemporaryFolder folder;
  REQUIRE(mkfifo((folder.path() / "fifo").c_str(), 0600) == 0);
  std::filesystem::create_symlink("absent", folder.path() / "dangling");
  CHECK_THROWS_AS(MappedFile(folder.path() / "fifo"), IoError);
  CHECK_THROWS_AS(MappedFile(folder.path() / "absent"), IoError);
  CHECK_THROWS_AS(MappedFile(folder.path() / "dangling"), IoError);
  CHECK_THROWS_AS(MappedFile(folder.path()), IoError);
  CHECK_THROWS_AS(MappedFile("/dev/zero"), IoError);
  CHECK_THROWS_AS(MappedFile(""), IoError);
}
