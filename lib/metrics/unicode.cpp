#include "metrics/unicode.h"

#include <algorithm>
#include <iterator>

namespace finetune::metrics {
namespace {

#include "metrics/unicode_tables.inc"

constexpr char32_t kCapitalSigma = U'\u03A3';
constexpr char32_t kSmallSigma = U'\u03C3';
constexpr char32_t kFinalSigma = U'\u03C2';
constexpr char32_t kDottedCapitalI = U'\u0130';  // the one letter that becomes two

char32_t lower_char(char32_t c) {
  const auto* found = std::lower_bound(std::begin(kLowerFrom), std::end(kLowerFrom), c);
  if (found == std::end(kLowerFrom) || *found != c) return c;
  return kLowerTo[found - std::begin(kLowerFrom)];
}

/// Whether the nearest of `letters` that is not case-ignorable has case.
template <class Iterator>
bool meets_cased(Iterator begin, Iterator end) {
  const auto found =
      std::find_if(begin, end, [](char32_t c) { return !has_flag(c, kCaseIgnorableChar); });
  return found != end && has_flag(*found, kCasedChar);
}

/// Unicode's Final_Sigma: cased letters before, none after.
char32_t lower_sigma(std::u32string_view text, size_t place) {
  const std::u32string_view before = text.substr(0, place), after = text.substr(place + 1);
  const bool is_final =
      meets_cased(before.rbegin(), before.rend()) && !meets_cased(after.begin(), after.end());
  return is_final ? kFinalSigma : kSmallSigma;
}

}  // namespace

uint8_t char_flags(char32_t c) {
  const auto* after = std::upper_bound(std::begin(kRangeStart), std::end(kRangeStart), c);
  return kRangeFlags[after - std::begin(kRangeStart) - 1];
}

bool is_space(char32_t c) {
  if (c < 0x80) return c == U' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

std::u32string to_lower(std::u32string_view text) {
  std::u32string lower;
  lower.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text[i];
    if (c < 0x80) {
      lower.push_back(c >= U'A' && c <= U'Z' ? c + 32 : c);
    } else if (c == kDottedCapitalI) {
      lower += U"i\u0307";
    } else {
      lower.push_back(c == kCapitalSigma ? lower_sigma(text, i) : lower_char(c));
    }
  }
  return lower;
}

std::u32string_view strip_end(std::u32string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::u32string_view strip(std::u32string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return strip_end(text);
}

std::vector<std::u32string_view> split_words(std::u32string_view text) {
  std::vector<std::u32string_view> words;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && !is_space(text[i])) continue;
    if (i > begin) words.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  return words;
}

}  // namespace finetune::metrics
