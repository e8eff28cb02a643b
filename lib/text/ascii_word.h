#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "text/wordpiece.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace finetune::text {

/// The ASCII letters and digits at the start of a text, at most 16 of them.
struct AsciiWord {
  ShortWord word;   ///< lower-cased if asked for, padded with zeros
  uint32_t length;  ///< 0 to 16
};

#if defined(__SSE2__)

/// `block` holds 16 readable bytes.
inline AsciiWord read_ascii_word(const char* block, bool lowercase) {
  alignas(16) static constexpr unsigned char kKeep[32] = {255, 255, 255, 255, 255, 255, 255, 255,
                                                          255, 255, 255, 255, 255, 255, 255, 255};
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block));
  const auto at_most = [](__m128i x, char limit) {
    return _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(limit)), x);
  };
  const __m128i case_bit = _mm_set1_epi8(0x20);
  const __m128i is_letter =
      at_most(_mm_sub_epi8(_mm_or_si128(bytes, case_bit), _mm_set1_epi8('a')), 25);
  const __m128i is_digit = at_most(_mm_sub_epi8(bytes, _mm_set1_epi8('0')), 9);
  const auto mask = static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(is_letter, is_digit)));
  const auto length = static_cast<uint32_t>(__builtin_ctz(~mask));
  const __m128i folded =
      lowercase ? _mm_or_si128(bytes, _mm_and_si128(is_letter, case_bit)) : bytes;
  const __m128i keep = _mm_loadu_si128(reinterpret_cast<const __m128i*>(kKeep + 16 - length));
  const __m128i word = _mm_and_si128(folded, keep);
  AsciiWord result{{0, 0}, length};
  std::memcpy(&result.word, &word, sizeof(word));
  return result;
}

#else

inline AsciiWord read_ascii_word(const char* block, bool lowercase) {
  char bytes[16] = {};
  AsciiWord result{{0, 0}, 0};
  for (; result.length < 16; ++result.length) {
    const char c = block[result.length];
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (!is_upper && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) break;
    bytes[result.length] = static_cast<char>(is_upper && lowercase ? c + 32 : c);
  }
  std::memcpy(&result.word, bytes, sizeof(bytes));
  return result;
}

#endif

/// As above for a text of any length; reads nothing behind its end.
inline AsciiWord read_ascii_word(std::string_view text, bool lowercase) {
  if (text.size() >= 16) return read_ascii_word(text.data(), lowercase);
  char block[16] = {};
  std::memcpy(block, text.data(), text.size());
  return read_ascii_word(block, lowercase);
}

}  // namespace finetune::text
