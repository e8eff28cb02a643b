#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace finetune::metrics {

/// Properties of a code point as sacreBLEU 2.6.0 sees them; tools/make_unicode_tables.py says whom
/// they were asked from.
enum CharFlag : uint8_t {
  kPunctuationChar = 1,    ///< \p{P}
  kSymbolChar = 2,         ///< \p{S}
  kNumberChar = 4,         ///< \p{N}
  kCasedChar = 8,          ///< a letter with case, for the final sigma
  kCaseIgnorableChar = 16  ///< looked through when a final sigma is sought
};

/// The flags of a code point.
uint8_t char_flags(char32_t c);

inline bool has_flag(char32_t c, CharFlag flag) { return (char_flags(c) & flag) != 0; }

/// Python's str.isspace.
bool is_space(char32_t c);

inline bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }

/// Python's string.punctuation.
inline bool is_ascii_punctuation(char32_t c) {
  return (c >= U'!' && c <= U'/') || (c >= U':' && c <= U'@') || (c >= U'[' && c <= U'`') ||
         (c >= U'{' && c <= U'~');
}

/// Python's str.lower: full mappings, with the final sigma.
std::u32string to_lower(std::u32string_view text);

/// Python's str.strip and str.rstrip.
std::u32string_view strip(std::u32string_view text);
std::u32string_view strip_end(std::u32string_view text);

/// Python's str.split: the words between white space, as views of `text`.
std::vector<std::u32string_view> split_words(std::u32string_view text);

}  // namespace finetune::metrics
