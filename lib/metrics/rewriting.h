#pragma once

#include <string>
#include <string_view>

namespace finetune::metrics {

// What the tokenizers' regular expressions do, as scanners.

/// Where the spaces go around a matched pair: `\1 \2 ` or ` \1 \2`.
enum class PairSpaces { kAfter, kBefore };

/// re.sub of a pattern of two character classes: matches are found from the left and share no
/// character.
template <class First, class Second>
std::u32string space_pairs(std::u32string_view text, First first, Second second,
                           PairSpaces spaces) {
  std::u32string out;
  out.reserve(text.size() + text.size() / 4);
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_match = i + 1 < text.size() && first(text[i]) && second(text[i + 1]);
    if (!is_match) {
      out.push_back(text[i]);
      continue;
    }
    if (spaces == PairSpaces::kBefore) out.push_back(U' ');
    out.push_back(text[i]);
    out.push_back(U' ');
    out.push_back(text[++i]);
    if (spaces == PairSpaces::kAfter) out.push_back(U' ');
  }
  return out;
}

/// A space before and after every character of a class.
template <class Class>
std::u32string space_around(std::u32string_view text, Class is_member) {
  std::u32string out;
  out.reserve(text.size() + text.size() / 2);
  for (const char32_t c : text) {
    const bool is_spaced = is_member(c);
    if (is_spaced) out.push_back(U' ');
    out.push_back(c);
    if (is_spaced) out.push_back(U' ');
  }
  return out;
}

/// `text` with every `from` (not empty) replaced, from the left.
std::u32string replace_all(std::u32string text, std::u32string_view from, std::u32string_view to);

/// XML's &quot; &amp; &lt; &gt; replaced, one after the other ("&amp;lt;" becomes "<").
std::u32string unescape(std::u32string text);

/// ASCII punctuation that mteval-v13a and Tercom separate everywhere: all but ' , - .
bool is_western_punctuation(char32_t c);

/// Periods and commas separated unless between digits, dashes after a digit.
std::u32string split_numbers(std::u32string_view text);

}  // namespace finetune::metrics
