#include "base/hash.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "support/test_support.h"

using namespace finetune;

namespace {

/// The buffer over which xxHash's own sanity test computes its expected values.
std::string sanity_buffer(size_t size) {
  std::string buffer;
  for (uint64_t generator = 2654435761; buffer.size() < size; generator *= 11400714785074694797u) {
    buffer += static_cast<char>(generator >> 56);
  }
  return buffer;
}

}  // namespace

TEST_CASE("hashes are those of the sanity test of xxHash 0.8") {
  constexpr uint64_t kSeed = 11400714785074694797u;
  struct Vector {
    size_t size;
    uint64_t seed, hash;
  };
  const Vector vectors[] = {
      {0, 0, 0x2D06800538D394C2},     {1, 0, 0xC44BDFF4074EECDB},
      {1, kSeed, 0x032BE332DD766EF8}, {6, 0, 0x27B56A84CD2D7325},
      {12, 0, 0xA713DAF0DFBB77E7},    {24, kSeed, 0x850E80FC35BDD690},
      {48, 0, 0x397DA259ECBA1F11},    {80, kSeed, 0xC6DD0CB699532E73},
      {195, 0, 0xCD94217EE362EC3A},   {403, kSeed, 0x6259F6ECFD6443FD},
      {512, 0, 0x617E49599013CB6B},   {2048, kSeed, 0x66F81670669ABABC},
  };
  for (const Vector& expected : vectors) {
    INFO(expected.size << " bytes");
    CHECK(base::hash64(sanity_buffer(expected.size), expected.seed) == expected.hash);
  }
}

TEST_CASE("a file hashes as its bytes, the empty file too") {
  const test::TemporaryFolder folder;
  for (const size_t size : {size_t{0}, size_t{1}, size_t{100'000}}) {
    const std::string bytes = sanity_buffer(size);
    test::write_file(folder.path() / "file", bytes);
    CHECK(base::hash_file(folder.path() / "file") == base::hash64(bytes));
    CHECK(base::hash64(std::as_bytes(std::span(bytes))) == base::hash64(bytes));
  }
  CHECK_THROWS_AS(base::hash_file(folder.path() / "absent"), IoError);
}

TEST_CASE("hexadecimal text has sixteen lower-case digits") {
  CHECK(base::hex(0) == "0000000000000000");
  CHECK(base::hex(0x2D06800538D394C2) == "2d06800538d394c2");
  CHECK(base::hex(~uint64_t{0}) == "ffffffffffffffff");
}
