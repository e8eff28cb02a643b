#include "metrics/rewriting.h"

#include "metrics/unicode.h"

namespace finetune::metrics {
namespace {

bool is_period_or_comma(char32_t c) { return c == U'.' || c == U','; }
bool is_no_digit(char32_t c) { return !is_digit(c); }

}  // namespace

std::u32string replace_all(std::u32string text, std::u32string_view from, std::u32string_view to) {
  size_t at = text.find(from);
  if (at == std::u32string::npos) return text;
  std::u32string out;
  size_t begin = 0;
  for (; at != std::u32string::npos; at = text.find(from, begin)) {
    out.append(text, begin, at - begin).append(to);
    begin = at + from.size();
  }
  return out.append(text, begin);
}

std::u32string unescape(std::u32string text) {
  if (text.find(U'&') == std::u32string::npos) return text;
  text = replace_all(std::move(text), U"&quot;", U"\"");
  text = replace_all(std::move(text), U"&amp;", U"&");
  text = replace_all(std::move(text), U"&lt;", U"<");
  return replace_all(std::move(text), U"&gt;", U">");
}

bool is_western_punctuation(char32_t c) {
  return (c >= U'{' && c <= U'~') || (c >= U'[' && c <= U'`') || (c >= U' ' && c <= U'&') ||
         (c >= U'(' && c <= U'+') || (c >= U':' && c <= U'@') || c == U'/';
}

std::u32string split_numbers(std::u32string_view text) {
  const auto is_dash = [](char32_t c) { return c == U'-'; };
  std::u32string out = space_pairs(text, is_no_digit, is_period_or_comma, PairSpaces::kAfter);
  out = space_pairs(out, is_period_or_comma, is_no_digit, PairSpaces::kBefore);
  return space_pairs(out, is_digit, is_dash, PairSpaces::kAfter);
}

}  // namespace finetune::metrics
