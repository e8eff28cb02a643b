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

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kLongNames = {
    {{"letter", "l"},
     {"digit", "nd"},
     {"cntrl", "cc"},
     {"punct", "p"},
     {"mark", "m"},
     {"number", "n"},
     {"punctuation", "p"},
     {"symbol", "s"},
     {"separator", "z"},
     {"other", "c"}}};

using Named = std::pair<std::string_view, std::span<const char32_t>>;
constexpr std::array kNamed = {Named{"han", kHan},
                               Named{"hiragana", kHiragana},
                               Named{"katakana", kKatakana},
                               Named{"hangul", kHangul},
                               Named{"arabic", kArabic},
                               Named{"armenian", kArmenian},
                               Named{"bengali", kBengali},
                               Named{"bopomofo", kBopomofo},
                               Named{"cherokee", kCherokee},
                               Named{"common", kCommon},
                               Named{"cyrillic", kCyrillic},
                               Named{"devanagari", kDevanagari},
                               Named{"ethiopic", kEthiopic},
                               Named{"georgian", kGeorgian},
                               Named{"greek", kGreek},
                               Named{"gujarati", kGujarati},
                               Named{"gurmukhi", kGurmukhi},
                               Named{"hebrew", kHebrew},
                               Named{"inherited", kInherited},
                               Named{"kannada", kKannada},
                               Named{"khmer", kKhmer},
                               Named{"lao", kLao},
                               Named{"latin", kLatin},
                               Named{"malayalam", kMalayalam},
                               Named{"mongolian", kMongolian},
                               Named{"myanmar", kMyanmar},
                               Named{"oriya", kOriya},
                               Named{"sinhala", kSinhala},
                               Named{"tamil", kTamil},
                               Named{"telugu", kTelugu},
                               Named{"thai", kThai},
                               Named{"tibetan", kTibetan},
                               Named{"alphabetic", kAlphabetic},
                               Named{"emoji", kEmoji},
                               Named{"lowercase", kLowercase},
                               Named{"uppercase", kUppercase}};

std::optional<CodePointSet> named_set(std::string_view key) {
  if (key == "alpha") key = "alphabetic";
  if (key == "lower") key = "lowercase";
  if (key == "upper") key = "uppercase";
  const auto* found = std::ranges::find(kNamed, key, &Named::first);
  if (found == kNamed.end()) return std::nullopt;
  return from_ends(found->second);
}

/// The rest of the POSIX brackets, as properties.
std::optional<CodePointSet> posix_set(std::string_view key) {
  using enum Category;
  const auto is_hidden = [](char32_t c) {
    const Category kind = category(c);
    return is_regex_space(c) || kind == kCc || kind == kCn || kind == kCs;
  };
  if (key == "alnum") return union_of(*property_set("Alphabetic"), *property_set("Nd"));
  if (key == "ascii") return CodePointSet{{0, 0x7F}};
  if (key == "blank") return union_of(*property_set("Zs"), {{U'\t', U'\t'}});
  if (key == "graph") return collect([&](char32_t c) { return !is_hidden(c); });
  if (key == "print") return union_of(*property_set("Graph"), *property_set("Zs"));
  if (key == "space" || key == "whitespace") return regex_space_set();
  if (key == "word") return regex_word_set();
  if (key == "xdigit") return CodePointSet{{U'0', U'9'}, {U'A', U'F'}, {U'a', U'f'}};
  return std::nullopt;
}

}  // namespace

std::optional<CodePointSet> property_set(std::string_view name) {
  std::string key;
  for (const char c : name) {
    if (c == ' ' || c == '-' || c == '_') continue;
    key += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (auto set = named_set(key)) return set;
  if (auto set = posix_set(key)) return set;
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

CodePointSet union_of(const CodePointSet& a, const CodePointSet& b) {
  CodePointSet all = a;
  all.insert(all.end(), b.begin(), b.end());
  std::ranges::sort(all);
  CodePointSet merged;
  for (const auto& [first, last] : all) {
    if (!merged.empty() && first <= merged.back().second + 1) {
      merged.back().second = std::max(merged.back().second, last);
    } else {
      merged.emplace_back(first, last);
    }
  }
  return merged;
}

CodePointSet intersection(const CodePointSet& a, const CodePointSet& b) {
  return complement(union_of(complement(a), complement(b)));
}

}  // namespace finetune::text
