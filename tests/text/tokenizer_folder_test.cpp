#include "text/tokenizer_folder.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "support/crash_fs.h"
#include "support/test_support.h"

namespace finetune::text {
namespace {

namespace fs = std::filesystem;
using test::read_file;
using test::TemporaryFolder;
using test::write_file;

const TokenizerFiles kFiles = {{"tokenizer.json", "{}"}, {"vocab.txt", "a\nb\n"}};

TEST_CASE("A folder appears whole, with its parents, and nothing else is left") {
  const TemporaryFolder folder;
  write_tokenizer_folder(base::posix_fs(), folder.path() / "a/b/", kFiles, false);
  CHECK(read_file(folder.path() / "a/b/vocab.txt") == "a\nb\n");
  CHECK(read_file(folder.path() / "a/b/tokenizer.json") == "{}");
  CHECK(std::distance(fs::directory_iterator(folder.path() / "a"), {}) == 1);
  CHECK(std::distance(fs::directory_iterator(folder.path() / "a/b"), {}) == 2);
}

TEST_CASE("What exists is replaced only when asked, and only when it is a tokenizer alone") {
  const TemporaryFolder folder;
  const fs::path target = folder.path() / "tokenizer";
  fs::create_directory(target);
  write_tokenizer_folder(base::posix_fs(), target, {{"tokenizer.json", "old"}, {"merges.txt", ""}},
                         false);
  CHECK_THROWS_AS(check_tokenizer_folder(target, false), BusyError);
  CHECK_THROWS_WITH(write_tokenizer_folder(base::posix_fs(), target, kFiles, false),
                    Catch::Contains("--overwrite"));
  CHECK(read_file(target / "tokenizer.json") == "old");
  write_tokenizer_folder(base::posix_fs(), target, kFiles, true);
  CHECK(read_file(target / "tokenizer.json") == "{}");
  CHECK_FALSE(fs::exists(target / "merges.txt"));
  for (const char* name : {"config.json", "model.safetensors"}) {
    write_file(target / name, "x");
    CHECK_THROWS_AS(write_tokenizer_folder(base::posix_fs(), target, kFiles, true), BusyError);
    fs::remove(target / name);
  }
  write_file(folder.path() / "file", "x");
  CHECK_THROWS_AS(write_tokenizer_folder(base::posix_fs(), folder.path() / "file", kFiles, true),
                  BusyError);
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 2);
}

TEST_CASE("A folder that cannot be written is an error that leaves nothing behind") {
  const TemporaryFolder folder;
  write_file(folder.path() / "file", "x");
  CHECK_THROWS_AS(
      write_tokenizer_folder(base::posix_fs(), folder.path() / "file/tokenizer", kFiles, false),
      Error);
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("A power cut leaves the old or the new tokenizer, whole") {
  const auto scenario = [](test::CrashFs& files) {
    write_tokenizer_folder(files, "/out", {{"tokenizer.json", "old"}, {"vocab.txt", "old"}}, true);
    write_tokenizer_folder(files, "/out", {{"tokenizer.json", "new"}, {"vocab.txt", "new"}}, true);
  };
  int num_whole = 0;
  test::for_each_crash(scenario, [&](test::CrashFs& survivor, const test::CrashPoint& point) {
    INFO(point.description);
    if (!survivor.exists("/out")) return;
    const std::string text = survivor.read("/out/tokenizer.json");
    CHECK((text == "old" || text == "new"));
    CHECK(survivor.read("/out/vocab.txt") == text);
    ++num_whole;
  });
  CHECK(num_whole > 8);
}

}  // namespace
}  // namespace finetune::text
