#include "text/unicode.h"

#include <algorithm>
#include <cstddef>

namespace finetune::text {
namespace {

#include "text/unicode_tables.inc"

constexpr char32_t kHangulFirst = 0xAC00, kHangulCount = 11172;

/// Looks `code_point` up in the sorted keys `from`; its text lies at [start[i], start[i + 1]).
template <size_t kKeys, size_t kStarts>
Expansion expand(char32_t code_point, const uint32_t (&from)[kKeys],
                 const uint16_t (&start)[kStarts], const uint32_t* pool) {
  const auto* found = std::lower_bound(std::begin(from), std::end(from), code_point);
  if (found == std::end(from) || *found != code_point) return {{code_point}, 1};
  const auto index = static_cast<size_t>(found - std::begin(from));
  Expansion result{{}, 0};
  for (size_t i = start[index]; i < start[index + 1]; ++i) result.chars[result.count++] = pool[i];
  return result;
}

/// Hangul syllables decompose by arithmetic (Unicode 15, section 3.12).
Expansion decompose_hangul(char32_t code_point) {
  const char32_t syllable = code_point - kHangulFirst;
  const char32_t leading = 0x1100 + syllable / 588;
  const char32_t vowel = 0x1161 + syllable % 588 / 28;
  const char32_t trailing = 0x11A7 + syllable % 28;
  return {{leading, vowel, trailing}, trailing == 0x11A7 ? 2u : 3u};
}

}  // namespace

uint8_t char_flags(char32_t code_point) {
  if (code_point >= 0x110000) return 0;
  return kFlags[char_page(code_point) * kCharPageSize + code_point % kCharPageSize];
}

uint32_t char_page(char32_t code_point) { return kPageOf[code_point / kCharPageSize]; }

Expansion decompose(char32_t code_point) {
  if (code_point - kHangulFirst < kHangulCount) return decompose_hangul(code_point);
  if ((char_flags(code_point) & kDecomposesChar) == 0) return {{code_point}, 1};
  return expand(code_point, kDecompositionFrom, kDecompositionStart, kDecompositionTo);
}

Expansion lower_case(char32_t code_point) {
  if ((char_flags(code_point) & kLowersChar) == 0) return {{code_point}, 1};
  return expand(code_point, kLowerFrom, kLowerStart, kLowerTo);
}

uint8_t combining_class(char32_t code_point) {
  const auto* found = std::lower_bound(std::begin(kNonstarter), std::end(kNonstarter), code_point);
  if (found == std::end(kNonstarter) || *found != code_point) return 0;
  return kCombiningClass[found - std::begin(kNonstarter)];
}

bool is_chinese(char32_t code_point) {
  constexpr std::array<std::array<char32_t, 2>, 8> kBlocks = {{{0x4E00, 0x9FFF},
                                                               {0x3400, 0x4DBF},
                                                               {0x20000, 0x2A6DF},
                                                               {0x2A700, 0x2B73F},
                                                               {0x2B740, 0x2B81F},
                                                               {0x2B920, 0x2CEAF},
                                                               {0xF900, 0xFAFF},
                                                               {0x2F800, 0x2FA1F}}};
  return std::any_of(kBlocks.begin(), kBlocks.end(), [code_point](const auto& block) {
    return code_point >= block[0] && code_point <= block[1];
  });
}

}  // namespace finetune::text
