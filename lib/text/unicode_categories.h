#pragma once

#include <cstdint>

namespace finetune::text {

/// General categories as the regular expressions of `tokenizers` 0.22.2 know them; see
/// tools/make_category_tables.py.
enum class Category : uint8_t {
  kCn,
  kCc,
  kCf,
  kCo,
  kCs,
  kLl,
  kLm,
  kLo,
  kLt,
  kLu,
  kMc,
  kMe,
  kMn,
  kNd,
  kNl,
  kNo,
  kPc,
  kPd,
  kPe,
  kPf,
  kPi,
  kPo,
  kPs,
  kSc,
  kSk,
  kSm,
  kSo,
  kZl,
  kZp,
  kZs,
};

/// Bits above the category in a code point's properties.
enum CategoryFlag : uint8_t {
  kNumericChar = 32,     ///< Digits cuts at it
  kMarkChar = 64,        ///< StripAccents takes it away
  kRegexSpaceChar = 128  ///< \s of a regular expression
};

/// Category in the low five bits, flags above.
uint8_t char_properties(char32_t code_point);

inline Category category(char32_t code_point) {
  return static_cast<Category>(char_properties(code_point) & 31);
}
inline bool is_letter(char32_t c) {
  return category(c) >= Category::kLl && category(c) <= Category::kLu;
}
inline bool is_mark(char32_t c) {
  return category(c) >= Category::kMc && category(c) <= Category::kMn;
}
inline bool is_number(char32_t c) {
  return category(c) >= Category::kNd && category(c) <= Category::kNo;
}
inline bool is_regex_space(char32_t c) { return (char_properties(c) & kRegexSpaceChar) != 0; }

/// The script of a code point as the UnicodeScripts pre-tokenizer groups them: characters of equal
/// groups stay together. kAnyScript goes with every group.
constexpr uint8_t kAnyScript = 0;
uint8_t script_group(char32_t code_point);

}  // namespace finetune::text
