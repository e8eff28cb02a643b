#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace finetune::text {

/// A text of which 32 bytes may be read at every position: behind its end they are zero.
class PaddedText {
 public:
  static constexpr size_t kBlock = 32;

  explicit PaddedText(std::string_view text)
      : text_(text), tail_begin_(text.size() > kBlock ? text.size() - kBlock : 0) {
    const size_t size = text.size() - tail_begin_;
    if (size > 0) std::memcpy(tail_.data(), text.data() + tail_begin_, size);
    std::memset(tail_.data() + size, 0, tail_.size() - size);
  }

  std::string_view text() const { return text_; }
  size_t size() const { return text_.size(); }
  const char* block(size_t position) const {
    return position < tail_begin_ ? text_.data() + position
                                  : tail_.data() + (position - tail_begin_);
  }

 private:
  std::string_view text_;
  size_t tail_begin_;
  std::array<char, 2 * kBlock> tail_;
};

/// The first `length` (at most 16) of 16 readable bytes, filled up with zeros.
inline std::array<uint64_t, 2> load_16(const char* block, size_t length) {
  std::array<uint64_t, 2> word;
  std::memcpy(word.data(), block, sizeof(word));
  const auto kept = [](uint64_t bytes, size_t count) {  // little endian
    return count >= 8 ? bytes : bytes & ((uint64_t{1} << (8 * count)) - 1);
  };
  word[0] = kept(word[0], length);
  word[1] = length <= 8 ? 0 : kept(word[1], length - 8);
  return word;
}

/// The first `length` (at most 32) of 32 readable bytes, filled up with zeros.
inline std::array<uint64_t, 4> load_32(const char* block, size_t length) {
  const auto low = load_16(block, length < 16 ? length : 16);
  const auto high = load_16(block + 16, length < 16 ? 0 : length - 16);
  return {low[0], low[1], high[0], high[1]};
}

/// How many of 16 readable bytes, from the first on, are ASCII letters.
inline uint32_t count_ascii_letters(const char* block) {
#if defined(__SSE2__)
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block));
  const __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
  const __m128i from_a = _mm_sub_epi8(folded, _mm_set1_epi8('a'));
  const __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(from_a, _mm_set1_epi8(25)), from_a);
  const auto mask = static_cast<uint32_t>(_mm_movemask_epi8(is_letter));
  return static_cast<uint32_t>(__builtin_ctz(~mask));
#else
  uint32_t count = 0;
  for (; count < 16; ++count) {
    const char folded = static_cast<char>(block[count] | 0x20);
    if (folded < 'a' || folded > 'z') break;
  }
  return count;
#endif
}

/// How many of 16 readable bytes, from the first on, are not `stop`.
inline uint32_t count_until(const char* block, char stop) {
#if defined(__SSE2__)
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block));
  const __m128i is_stop = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(stop));
  const auto mask = static_cast<uint32_t>(_mm_movemask_epi8(is_stop));
  return static_cast<uint32_t>(__builtin_ctz(mask | 0x10000u));
#else
  uint32_t count = 0;
  while (count < 16 && block[count] != stop) ++count;
  return count;
#endif
}

/// True when `text` holds ASCII only.
inline bool is_ascii(std::string_view text) {
  uint64_t seen = 0;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t part;
    std::memcpy(&part, text.data() + i, 8);
    seen |= part;
  }
  for (; i < text.size(); ++i) seen |= static_cast<unsigned char>(text[i]) & 0x80u;
  return (seen & 0x8080808080808080u) == 0;
}

}  // namespace finetune::text
