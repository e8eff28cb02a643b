#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace finetune::text {

/// The printable characters that byte-level BPE writes bytes as (GPT-2's bytes_to_unicode): the
/// visible characters of Latin-1 stand for themselves, the other bytes are numbered from U+0100 on.

/// [byte] -> code point.
const std::array<char32_t, 256>& byte_alphabet();

/// The byte that a character of the alphabet stands for, or -1.
int32_t byte_of(char32_t letter);

/// Appends the bytes that `token` spells; false (and nothing appended) where a character of it is
/// not of the alphabet.
bool append_spelled_bytes(std::string_view token, std::string& out);

}  // namespace finetune::text
