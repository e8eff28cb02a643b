#include "metrics/bleu_tokenizer.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/strings.h"
#include "metrics/rewriting.h"
#include "metrics/unicode.h"

namespace finetune::metrics {
namespace {

struct CharRange {
  char32_t first;
  char32_t last;
};

/// TokenizerZh._UCODE_RANGES. Its ranges meant for U+20000 and U+2F800 are written "\u20000" there,
/// which Python reads as U+2000 and a zero: what they really cover stands here.
constexpr std::array<CharRange, 22> kChineseRanges = {{
    {0x3400, 0x4DB5}, {0x4E00, 0x9FA5}, {0x9FA6, 0x9FBB}, {0xF900, 0xFA2D}, {0xFA30, 0xFA6A},
    {0xFA70, 0xFAD9}, {0x2001, 0x2A6D}, {0x2F81, 0x2FA1}, {0xFF00, 0xFFEF}, {0x2E80, 0x2EFF},
    {0x3000, 0x303F}, {0x31C0, 0x31EF}, {0x2F00, 0x2FDF}, {0x2FF0, 0x2FFF}, {0x3100, 0x312F},
    {0x31A0, 0x31BF}, {0xFE10, 0xFE1F}, {0xFE30, 0xFE4F}, {0x2600, 0x26FF}, {0x2700, 0x27BF},
    {0x3200, 0x32FF}, {0x3300, 0x33FF},
}};

bool is_chinese(char32_t c) {
  return c >= 0x2000 && std::ranges::any_of(kChineseRanges, [c](const CharRange& range) {
           return range.first <= c && c <= range.last;
         });
}

std::u32string split_western(std::u32string_view line) {
  return split_numbers(space_around(line, is_western_punctuation));
}

std::u32string tokenize_13a(std::u32string_view line) {
  std::u32string text = replace_all(std::u32string(line), U"<skipped>", U"");
  text = replace_all(std::move(text), U"-\n", U"");
  std::ranges::replace(text, U'\n', U' ');
  return split_western(U" " + unescape(std::move(text)) + U" ");
}

/// A year before the final period keeps it, as in mteval-v14.
std::u32string tokenize_intl(std::u32string_view line) {
  const auto is_punctuation = [](char32_t c) { return has_flag(c, kPunctuationChar); };
  const auto is_no_number = [](char32_t c) { return !has_flag(c, kNumberChar); };
  std::u32string text = space_pairs(line, is_no_number, is_punctuation, PairSpaces::kAfter);
  text = space_pairs(text, is_punctuation, is_no_number, PairSpaces::kBefore);
  return space_around(text, [](char32_t c) { return has_flag(c, kSymbolChar); });
}

}  // namespace

const std::vector<std::string>& bleu_tokenizer_names() {
  static const std::vector<std::string> names = {"13a", "intl", "zh", "char", "none"};
  return names;
}

const std::string& bleu_tokenizer_name(BleuTokenizer tokenizer) {
  return bleu_tokenizer_names()[static_cast<size_t>(tokenizer)];
}

BleuTokenizer bleu_tokenizer(std::string_view name) {
  const auto& names = bleu_tokenizer_names();
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    throw ConfigError(base::cat("unknown BLEU tokenizer ", base::quote(name), "; expected ",
                                base::join(names, ", ")));
  }
  return static_cast<BleuTokenizer>(found - names.begin());
}

std::u32string bleu_tokenize(BleuTokenizer tokenizer, std::u32string_view line) {
  switch (tokenizer) {
    case BleuTokenizer::k13a:
      return tokenize_13a(line);
    case BleuTokenizer::kIntl:
      return tokenize_intl(line);
    case BleuTokenizer::kZh:
      return split_western(space_around(strip(line), is_chinese));
    case BleuTokenizer::kChar:
      return space_around(line, [](char32_t) { return true; });
    case BleuTokenizer::kNone:
      break;
  }
  return std::u32string(line);
}

}  // namespace finetune::metrics
