#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace finetune::text {

/// What a code point does to the boundary between graphemes (Unicode Standard Annex 29).
enum class GraphemeClass : uint8_t {
  kOther,
  kCarriageReturn,
  kLineFeed,
  kControl,
  kExtend,
  kJoiner,
  kSpacingMark,
  kPrepend,
  kLeading,   ///< Hangul jamo
  kVowel,     ///< Hangul jamo
  kTrailing,  ///< Hangul jamo
  kSyllable,  ///< Hangul, with a trailing consonant
  kOpenSyllable,
  kRegionalIndicator,
  kPictograph,
  kConsonant,  ///< of an Indic conjunct
  kLinker,     ///< of an Indic conjunct: extends, too
};

/// As `tokenizers` 0.22.2 has it; see tools/make_grapheme_table.py.
GraphemeClass grapheme_class(char32_t code_point);

/// The number of code points of the extended grapheme cluster that `text` (not empty) begins with.
/// `text` begins at a boundary.
size_t grapheme_length(std::span<const char32_t> text);

}  // namespace finetune::text
