#include "text/code_point_set.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

#include "text/unicode_categories.h"

namespace finetune::text {
namespace {

#include "text/code_point_set.inc"

constexpr char32_t kEnd = 0x110000;

CodePointSet from_ends(std::span<const char32_t> ends) {
  CodePointSet set;
  for (size_t i = 0; i < ends.size(); i += 2) set.emplace_back(ends[i], ends[i + 1]);
  return set;
}

template <class IsMember>
CodePointSet collect(const IsMember& is_member) {
  CodePointSet set;
  for (char32_t c = 0; c < kEnd; ++c) {
    if (!is_member(c)) continue;
    if (!set.empty() && set.back().second + 1 == c) {
      set.back().second = c;
    } else {
      set.emplace_back(c, c);
    }
  }
  return set;
}

constexpr std::array<std::string_view, 30> kCategoryNames = {
    "cn", "cc", "cf", "co", "cs", "ll", "lm", "lo", "lt", "lu", "mc", "me", "mn", "nd", "nl",
    "no", "pc", "pd", "pe", "pf", "pi", "po", "ps", "sc", "sk", "sm", "so", "zl", "zp", "zs"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kLongNames = {
    {{"letter", "l"},
     {"mark", "m"},
     {"number", "n"},
     {"punctuation", "p"},
     {"symbol", "s"},
     {"separator", "z"},
     {"other", "c"}}};

}  // namespace

std::optional<CodePointSet> property_set(std::string_view name) {
  std::string key;
  for (const char c : name) {
    if (c == ' ' || c == '-' || c == '_') continue;
    key += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (key == "han") return from_ends(kHan);
  if (key == "hiragana") return from_ends(kHiragana);
  if (key == "katakana") return from_ends(kKatakana);
  if (key == "hangul") return from_ends(kHangul);
  if (key == "alphabetic") return from_ends(kAlphabetic);
  for (const auto& [long_name, short_name] : kLongNames) {
    if (key == long_name) key = short_name;
  }
  std::array<bool, 32> is_wanted{};
  bool is_known = false;
  for (size_t i = 0; i < kCategoryNames.size(); ++i) {
    is_wanted[i] = kCategoryNames[i] == key || (key.size() == 1 && kCategoryNames[i][0] == key[0]);
    is_known = is_known || is_wanted[i];
  }
  if (!is_known) return std::nullopt;
  return collect([&](char32_t c) { return is_wanted[static_cast<size_t>(category(c))]; });
}

CodePointSet regex_space_set() { return collect(is_regex_space); }
CodePointSet regex_word_set() { return from_ends(kRegexWord); }

CodePointSet regex_word_set_in_class() {
  CodePointSet others = complement(regex_word_set());
  others.insert(others.end(), {{0xB2, 0xB3}, {0xB9, 0xB9}, {0xBC, 0xBE}});
  std::sort(others.begin(), others.end());
  return complement(others);
}

CodePointSet complement(const CodePointSet& set) {
  CodePointSet rest;
  char32_t next = 0;
  for (const auto& [first, last] : set) {
    if (next < first) rest.emplace_back(next, first - 1);
    next = last + 1;
  }
  if (next < kEnd) rest.emplace_back(next, kEnd - 1);
  return rest;
}

}  // namespace finetune::text
