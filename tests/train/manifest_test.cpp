#include "train/manifest.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "base/random.h"
#include "support/test_support.h"

namespace finetune::train {
namespace {

namespace fs = std::filesystem;

/// A folder with its manifest and three files: one above the block size of the hash, and two of
/// one name, of which one is in a folder of its own.
class Folder {
 public:
  Folder() {
    std::string large((size_t{1} << 20) + 12345, 'x');
    for (size_t i = 0; i < large.size(); i += 1000) large[i] = static_cast<char>(i % 251);
    fs::create_directory(path() / "inner");
    RecordingFs recording(base::posix_fs(), path());
    base::write_file_synced(recording, path() / "large.bin", large);
    base::write_file_synced(recording, path() / "small.json", "{}");
    base::write_file_synced(recording, path() / "inner/small.json", "[1]");
    base::write_file_synced(base::posix_fs(), path() / kManifestName,
                            to_json_text(Manifest{7, recording.files()}));
  }
  const fs::path& path() const { return folder_.path(); }

  std::string error() const {
    try {
      verify_manifest(path());
    } catch (const CheckpointError& error) {
      return error.report();
    }
    return "";
  }

 private:
  test::TemporaryFolder folder_;
};

TEST_CASE("a manifest holds for the files that were recorded") {
  const Folder folder;
  const Manifest manifest = verify_manifest(folder.path());
  CHECK(manifest.step == 7);
  CHECK(manifest.files.size() == 3);
  CHECK(manifest.files.at("small.json").bytes == 2);
  CHECK(manifest.files.at("inner/small.json").bytes == 3);
}

TEST_CASE("one flipped bit anywhere is found and the file is named") {
  const Folder folder;
  const base::RandomStream random(3, base::StreamPurpose::kBootstrap);
  for (uint64_t trial = 0; trial < 50; ++trial) {
    const fs::path file = folder.path() / (trial % 5 == 0   ? "small.json"
                                           : trial % 5 == 1 ? "inner/small.json"
                                                            : "large.bin");
    const std::string intact = test::read_file(file);
    std::string damaged = intact;
    const auto byte = random.below(2 * trial, damaged.size());
    damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << random.below(2 * trial + 1, 8)));
    test::write_file(file, damaged);
    CHECK_THAT(folder.error(),
               Catch::Contains(file.filename().string()) && Catch::Contains("damaged"));
    test::write_file(file, intact);
  }
  CHECK(folder.error().empty());
}

TEST_CASE("missing, shorter and longer files are found") {
  const Folder folder;
  const std::string intact = test::read_file(folder.path() / "large.bin");
  test::write_file(folder.path() / "large.bin", intact + "x");
  CHECK_THAT(folder.error(), Catch::Contains("large.bin") && Catch::Contains("the manifest says"));
  test::write_file(folder.path() / "large.bin", intact.substr(1));
  CHECK_THAT(folder.error(), Catch::Contains("the manifest says"));
  fs::remove(folder.path() / "large.bin");
  CHECK_THAT(folder.error(), Catch::Contains("missing"));
}

TEST_CASE("a manifest that is absent or makes no sense is refused") {
  const Folder folder;
  const std::string bad[] = {
      "",
      "[]",
      R"({"format_version":1})",
      R"({"format_version":1,"step":1,"files":[]})",
      R"({"format_version":1,"step":1,"files":{"../x":{"bytes":1,"xxh3":"0123456789abcdef"}}})",
      R"({"format_version":1,"step":1,"files":{"a/../../x":{"bytes":1,"xxh3":"0123456789abcdef"}}})",
      R"({"format_version":1,"step":1,"files":{"/x":{"bytes":1,"xxh3":"0123456789abcdef"}}})",
      R"({"format_version":1,"step":1,"files":{"a//x":{"bytes":1,"xxh3":"0123456789abcdef"}}})",
      R"({"format_version":1,"step":1,"files":{"x":{"bytes":-1,"xxh3":"0123456789abcdef"}}})",
      R"({"format_version":1,"step":1,"files":{"x":{"bytes":1,"xxh3":"zz"}}})"};
  for (const std::string& text : bad) {
    test::write_file(folder.path() / kManifestName, text);
    CHECK_THAT(folder.error(), Catch::Contains("manifest.json"));
  }
  fs::remove(folder.path() / kManifestName);
  CHECK_THAT(folder.error(), Catch::Contains("never completed"));
}

}  // namespace
}  // namespace finetune::train
