#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/files.h"

namespace finetune::base {

uint64_t hash64(std::span<const std::byte> bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

uint64_t hash64(std::string_view text, uint64_t seed) {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

uint64_t hash_file(const std::filesystem::path& path) { return hash64(MappedFile(path).bytes()); }

std::string hex(uint64_t value) {
  std::string digits(16, '0');
  for (size_t i = digits.size(); i-- > 0; value >>= 4) digits[i] = "0123456789abcdef"[value & 15];
  return digits;
}

}  // namespace finetune::base
