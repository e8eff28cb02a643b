#include <catch2/catch.hpp>

#include "base/strings.h"
#include "foreign_files.h"
#include "support/test_support.h"
#include "tensors/named_tensors.h"

using namespace finetune;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// A safetensors file with these tensors of one zero each.
std::string shard(const std::vector<std::string>& names) {
  std::vector<std::string> entries;
  for (size_t i = 0; i < names.size(); ++i) {
    entries.push_back(base::cat("\"", names[i], R"(":{"dtype":"F32","shape":[1],"data_offsets":[)",
                                4 * i, ",", 4 * i + 4, "]}"));
  }
  return test::safetensors_file("{" + base::join(entries, ",") + "}",
                                std::string(4 * names.size(), '\0'));
}

/// A folder with shards 1.safetensors {a, b} and 2.safetensors {c}, and an index of this
/// weight_map.
struct ShardedFolder {
  explicit ShardedFolder(const std::string& weight_map) {
    test::write_file(path() / "1.safetensors", shard({"a", "b"}));
    test::write_file(path() / "2.safetensors", shard({"c"}));
    test::write_file(path() / "model.safetensors.index.json",
                     R"({"metadata":{"total_size":12},"weight_map":)" + weight_map + "}");
  }
  const fs::path& path() const { return folder.path(); }
  tensors::NamedTensors read() const { return tensors::read_weights(path()); }

  test::TemporaryFolder folder;
};

constexpr auto kGoodMap = R"({"a":"1.safetensors","b":"1.safetensors","c":"2.safetensors"})";

std::string refusal_of_map(const std::string& weight_map) {
  const ShardedFolder folder(weight_map);
  return test::refusal([&] { folder.read(); });
}

}  // namespace

TEST_CASE("shards are read as one set of tensors") {
  const ShardedFolder folder(kGoodMap);
  const auto tensors = folder.read();
  CHECK(tensors.size() == 3);
  CHECK(tensors.at("c").file == (folder.path() / "2.safetensors").string());
}

TEST_CASE("shards of .bin files are read") {
  const test::TemporaryFolder folder;
  fs::copy_file(test::fixture("tensors/fixtures/state_dict.bin"), folder.path() / "x-1.bin");
  test::write_file(folder.path() / "pytorch_model.bin.index.json",
                   R"({"weight_map":{"linear.weight":"x-1.bin","linear.bias":"x-1.bin"}})");
  test::require_expected(tensors::read_weights(folder.path()), "state_dict");
}

TEST_CASE("weight_map values must be plain file names of the right kind") {
  for (const std::string name :
       {"../x.safetensors", "/etc/x.safetensors", "", ".", "..", "sub/1.safetensors",
        "a\\\\1.safetensors", "\\u0000.safetensors"}) {
    INFO(name);
    CHECK_THAT(refusal_of_map(R"({"a":")" + name + R"("})"), Contains("not a plain file name"));
  }
  CHECK_THAT(refusal_of_map(R"({"a":"1.bin"})"), Contains("does not end in .safetensors"));
  CHECK_THAT(refusal_of_map(R"({"a":7})"), Contains("weight_map 'a' is not a file name"));
}

TEST_CASE("an index without a usable weight_map is refused") {
  for (const std::string map : {"{}", "[]", "null", "\"1.safetensors\""}) {
    CHECK_THAT(refusal_of_map(map), Contains("no weight_map"));
  }
  CHECK_THAT(refusal_of_map("{"), Contains("model.safetensors.index.json"));
  CHECK_THAT(refusal_of_map(R"({"a":"1.safetensors","a":"2.safetensors"})"),
             Contains("duplicate key 'a'"));
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "model.safetensors.index.json", "[1]");
  CHECK_THAT(test::refusal([&] { tensors::read_weights(folder.path()); }),
             Contains("no weight_map"));
}

TEST_CASE("index and shards must name the same tensors") {
  CHECK_THAT(refusal_of_map(R"({"a":"1.safetensors","b":"3.safetensors"})"),
             Contains("shard '3.safetensors' is missing") || Contains("'b'"));
  CHECK_THAT(refusal_of_map(R"({"a":"3.safetensors"})"),
             Contains("shard '3.safetensors' is missing"));
  CHECK_THAT(refusal_of_map(R"({"a":"1.safetensors","b":"1.safetensors","x":"1.safetensors"})"),
             Contains("tensor 'x' is not in shard '1.safetensors'"));
  CHECK_THAT(refusal_of_map(R"({"a":"1.safetensors"})"),
             Contains("holds tensor 'b', which the index does not list"));
  const ShardedFolder twice(kGoodMap);
  test::write_file(twice.path() / "2.safetensors", shard({"a", "c"}));
  CHECK_THAT(test::refusal([&] { twice.read(); }),
             Contains("shard '2.safetensors' holds tensor 'a', which the index places in"));
}

TEST_CASE("a shard may lack tensors that were left out for their element type") {
  const ShardedFolder folder(kGoodMap);
  test::write_file(
      folder.path() / "2.safetensors",
      test::safetensors_file(R"({"c":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}})", "x"));
  CHECK_THAT(test::refusal([&] { folder.read(); }), Contains("dtype 'F4' is not supported"));
  const auto tensors = tensors::read_weights(folder.path(), tensors::UnknownDTypes::kSkip);
  CHECK(tensors.size() == 2);
  CHECK_FALSE(tensors.contains("c"));
}

TEST_CASE("a damaged shard is named") {
  const ShardedFolder folder(kGoodMap);
  test::write_file(folder.path() / "2.safetensors", "broken");
  const std::string report = test::refusal([&] { folder.read(); });
  CHECK_THAT(report, Contains("model.safetensors.index.json"));
  CHECK_THAT(report, Contains("2.safetensors'"));
}

TEST_CASE("links to files elsewhere are followed, as in download caches") {
  const test::TemporaryFolder cache;
  const ShardedFolder folder(kGoodMap);
  fs::rename(folder.path() / "1.safetensors", cache.path() / "blob");
  fs::create_symlink(cache.path() / "blob", folder.path() / "1.safetensors");
  CHECK(folder.read().size() == 3);
}

TEST_CASE("the first kind of weights that is there counts, even if it is broken") {
  const test::TemporaryFolder folder;
  const auto read = [&] { return tensors::read_weights(folder.path()); };
  CHECK_THAT(test::refusal(read), Contains("no weights in"));
  fs::copy_file(test::fixture("tensors/fixtures/state_dict.bin"),
                folder.path() / "pytorch_model.bin");
  CHECK(read().size() == 2);
  fs::create_symlink(folder.path() / "nowhere", folder.path() / "model.safetensors");
  CHECK_THAT(test::refusal(read), Contains("model.safetensors"));
  fs::remove(folder.path() / "model.safetensors");
  test::write_file(folder.path() / "model.safetensors", shard({"a"}));
  CHECK(read().contains("a"));
}
