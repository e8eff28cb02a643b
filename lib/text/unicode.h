#pragma once

#include <array>
#include <cstdint>

namespace finetune::text {

/// What `tokenizers` 0.22.2 thinks of a code point; see tools/make_unicode_tables.py, which takes
/// every answer from that library.
enum CharFlag : uint8_t {
  kControlChar = 1,      ///< removed by BERT's clean_text: Cc, Cf, Co, NUL, U+FFFD
  kSpaceChar = 2,        ///< White_Space
  kPunctuationChar = 4,  ///< ASCII punctuation or category P
  kNonspacingChar = 8,   ///< category Mn: an accent
  kNonstarterChar = 16,  ///< canonical combining class above 0
  kDecomposesChar = 32,  ///< has a canonical decomposition
  kLowersChar = 64,      ///< its lower-case form differs
  kWordChar = 128,       ///< \w
};

/// The flags of a code point (surrogates and values above U+10FFFF have none).
uint8_t char_flags(char32_t code_point);

/// Code points k * kCharPageSize ... + kCharPageSize - 1 form a page; pages with equal numbers have
/// equal flags throughout.
constexpr uint32_t kCharPageSize = 128;
constexpr uint32_t kNumCharPages = 0x110000 / kCharPageSize;
uint32_t char_page(char32_t code_point);

/// A code point replaced by a few others.
struct Expansion {
  std::array<char32_t, 4> chars;
  uint32_t count;
  // A range itself: a view of what a function returned would outlive it in a for statement.
  const char32_t* begin() const { return chars.data(); }
  const char32_t* end() const { return chars.data() + count; }
};

/// Full canonical decomposition (NFD of this one code point); itself where it has none.
Expansion decompose(char32_t code_point);

/// Lower-case form, by code point alone (no final sigma); itself where it has none.
Expansion lower_case(char32_t code_point);

/// Canonical combining class, 0 for a starter.
uint8_t combining_class(char32_t code_point);

/// True for the blocks that BERT isolates as Chinese. The list of `tokenizers` starts one block at
/// U+2B920, where Google's starts it at U+2B820.
bool is_chinese(char32_t code_point);

}  // namespace finetune::text
