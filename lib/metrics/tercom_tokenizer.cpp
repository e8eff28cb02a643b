#include "metrics/tercom_tokenizer.h"

#include <algorithm>

#include "metrics/rewriting.h"
#include "metrics/unicode.h"

namespace finetune::metrics {
namespace {

bool is_between(char32_t c, char32_t first, char32_t last) { return first <= c && c <= last; }

bool is_asian_punctuation(char32_t c) {
  const bool is_wide = c == 0x3001 || c == 0x3002 || is_between(c, 0x3008, 0x3011) ||
                       is_between(c, 0x3014, 0x301F) || is_between(c, 0xFF61, 0xFF65) ||
                       c == 0x30FB;
  const bool is_full_width =
      std::u32string_view(U"\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09").find(c) !=
      std::u32string_view::npos;
  return is_wide || is_full_width;
}

/// CJK blocks that are split into characters. (Hiragana and katakana stay together: the rule for
/// them is anchored to the beginning of the line, where normalisation has put a space.)
bool is_asian_character(char32_t c) {
  return is_between(c, 0x4E00, 0x9FFF) || is_between(c, 0x3400, 0x4DBF) ||
         is_between(c, 0x31C0, 0x31EF) || is_between(c, 0x2E80, 0x2EFF) ||
         is_between(c, 0x3300, 0x33FF) || is_between(c, 0xF900, 0xFAFF) ||
         is_between(c, 0xFE30, 0xFE4F) || is_between(c, 0x3200, 0x3F22) || is_asian_punctuation(c);
}

bool is_removed_punctuation(char32_t c) {
  return std::u32string_view(U".,?:;!\"()").find(c) != std::u32string_view::npos;
}

std::u32string normalize_western(std::u32string text) {
  text = replace_all(std::move(text), U"\n-", U"");
  std::ranges::replace(text, U'\n', U' ');
  text = space_around(U" " + unescape(std::move(text)) + U" ", is_western_punctuation);
  return split_numbers(replace_all(std::move(text), U"'s ", U" 's "));
}

}  // namespace

std::u32string tercom_normalize(std::u32string_view line, const TerOptions& options) {
  std::u32string text = options.case_sensitive ? std::u32string(line) : to_lower(line);
  if (text.empty()) return text;
  if (options.normalized) {
    text = normalize_western(std::move(text));
    if (options.asian_support) text = space_around(text, is_asian_character);
  }
  if (options.no_punct) {
    std::erase_if(text, [&](char32_t c) {
      return is_removed_punctuation(c) || (options.asian_support && is_asian_punctuation(c));
    });
  }
  return text;
}

}  // namespace finetune::metrics
