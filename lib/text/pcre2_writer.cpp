#include "text/pcre2_writer.h"

#include <algorithm>

namespace finetune::text {

void Pcre2Writer::put_code(char32_t c) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string digits;
  do {
    digits.insert(digits.begin(), kDigits[c % 16]);
    c /= 16;
  } while (c > 0);
  put("\\x{" + digits + "}");
}

/// Surrogates cannot stand there, nor in a text.
void Pcre2Writer::put_ranges(const CodePointSet& set) {
  for (const auto& [first, last] : set) {
    const auto put_range = [this](char32_t begin, char32_t end) {
      if (begin > end) return;
      put_code(begin);
      if (begin == end) return;
      put("-");
      put_code(end);
    };
    put_range(first, std::min<char32_t>(last, 0xD7FF));
    put_range(std::max<char32_t>(first, 0xE000), last);
  }
}

void Pcre2Writer::put_class(const CodePointSet& set) {
  put("[");
  put_ranges(set);
  put("]");
}

void Pcre2Writer::put_boundary(const CodePointSet& words, bool is_wanted) {
  const auto side = [&](std::string_view open) {
    put(open);
    put_class(words);
    put(")");
  };
  put("(?:");
  side("(?<=");
  side(is_wanted ? "(?!" : "(?=");
  put("|");
  side("(?<!");
  side(is_wanted ? "(?=" : "(?!");
  put(")");
}

}  // namespace finetune::text
