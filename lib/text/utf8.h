#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace finetune::text {

constexpr char32_t kReplacement = 0xFFFD;

/// One code point and the bytes it took.
struct DecodedChar {
  char32_t code_point;
  uint32_t length;
};

/// The code point at `bytes` (not empty). Ill-formed input gives U+FFFD for each maximal subpart of
/// an ill-formed sequence (Unicode 15, section 3.9, as Python's errors="replace"), never reads
/// past the end, and always consumes at least one byte.
DecodedChar decode_multibyte(std::string_view bytes);

inline DecodedChar decode_char(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes.front());
  if (lead < 0x80) return {lead, 1};
  return decode_multibyte(bytes);
}

/// Writes the UTF-8 form of a code point (not a surrogate) at `out`, at most 4 bytes; returns their
/// number.
inline uint32_t encode_char(char32_t code_point, char* out) {
  const auto low_six = [code_point](int shift) {
    return static_cast<char>(0x80 | ((code_point >> shift) & 0x3F));
  };
  if (code_point < 0x80) {
    out[0] = static_cast<char>(code_point);
    return 1;
  }
  if (code_point < 0x800) {
    out[0] = static_cast<char>(0xC0 | (code_point >> 6));
    out[1] = low_six(0);
    return 2;
  }
  if (code_point < 0x10000) {
    out[0] = static_cast<char>(0xE0 | (code_point >> 12));
    out[1] = low_six(6);
    out[2] = low_six(0);
    return 3;
  }
  out[0] = static_cast<char>(0xF0 | (code_point >> 18));
  out[1] = low_six(12);
  out[2] = low_six(6);
  out[3] = low_six(0);
  return 4;
}

inline void append_char(std::string& out, char32_t code_point) {
  char bytes[4];
  out.append(bytes, encode_char(code_point, bytes));
}

/// Code points of `bytes`, counted as decode_char reads them.
int64_t count_chars(std::string_view bytes);

/// Replaces `starts` by the byte at which each code point of `bytes` begins, and bytes.size().
void list_char_starts(std::string_view bytes, std::vector<int32_t>& starts);

/// `bytes` as code points.
std::u32string decode_text(std::string_view bytes);

/// `bytes` with U+FFFD for every ill-formed sequence, as decode_char reads them.
std::string repair_utf8(std::string_view bytes);

/// The last code point of `bytes` (not empty) as decode_char reads them.
char32_t last_char(std::string_view bytes);

}  // namespace finetune::text
