#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace finetune::base {

/// XXH3-64 of bytes; seedable, so that hashes can be chained.
uint64_t hash64(std::span<const std::byte> bytes, uint64_t seed = 0);
uint64_t hash64(std::string_view text, uint64_t seed = 0);

/// XXH3-64 of a whole file, read through a mapping.
uint64_t hash_file(const std::filesystem::path& path);

/// 16 lower-case hexadecimal digits.
std::string hex(uint64_t value);

}  // namespace finetune::base
