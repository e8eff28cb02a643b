#include "text/grapheme.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace finetune::text {
namespace {

using enum GraphemeClass;

#include "text/grapheme_table.inc"

constexpr uint32_t kPageSize = 128, kNumPages = 0x110000 / kPageSize;

/// The class of every code point; pages with the same classes are stored once.
class ClassTable {
 public:
  ClassTable() {
    std::map<Page, uint8_t> known;
    size_t range = 0;
    for (uint32_t page = 0; page < kNumPages; ++page) {
      Page classes;
      const uint32_t begin = page * kPageSize;
      for (uint32_t i = 0; i < kPageSize;) {
        const uint32_t end = end_of(range) - begin;
        std::fill(classes.begin() + i, classes.begin() + std::min(end, kPageSize),
                  kRanges[range].value);
        i = std::min(end, kPageSize);
        if (i == end) ++range;
      }
      if (page > 0 && classes == pages_[page_of_[page - 1]]) {  // most are
        page_of_[page] = page_of_[page - 1];
        continue;
      }
      const auto number = static_cast<uint8_t>(pages_.size());
      const auto [place, is_new] = known.try_emplace(classes, number);
      if (is_new) pages_.push_back(classes);
      page_of_[page] = place->second;
    }
  }

  GraphemeClass at(char32_t code_point) const {
    return pages_[page_of_[code_point / kPageSize]][code_point % kPageSize];
  }

 private:
  using Page = std::array<GraphemeClass, kPageSize>;

  static uint32_t end_of(size_t range) {
    return range + 1 < std::size(kRanges) ? kRanges[range + 1].first : kPageSize * kNumPages;
  }

  std::array<uint8_t, kNumPages> page_of_{};
  std::vector<Page> pages_;
};

bool is_break(GraphemeClass c) { return c == kControl || c == kCarriageReturn || c == kLineFeed; }

/// Walks through a grapheme, remembering what the rules look back for.
class GraphemeWalk {
 public:
  explicit GraphemeWalk(char32_t first) { pass(first, grapheme_class(first)); }

  /// Whether the grapheme goes on with `next`; if so, `next` is passed.
  bool goes_on(char32_t next) {
    const GraphemeClass c = grapheme_class(next);
    if (!joins(c)) return false;
    pass(next, c);
    return true;
  }

 private:
  bool joins(GraphemeClass next) const {
    if (last_ == kCarriageReturn && next == kLineFeed) return true;  // GB3
    if (is_break(last_) || is_break(next)) return false;             // GB4, GB5
    if (next == kExtend || next == kLinker || next == kJoiner || next == kSpacingMark) {
      return true;  // GB9, GB9a
    }
    if (last_ == kPrepend || joins_syllable(next)) return true;           // GB9b, GB6 to 8
    if (next == kConsonant) return has_consonant_ && has_linker_;         // GB9c
    if (next == kPictograph) return has_pictograph_ && last_ == kJoiner;  // GB11
    return next == kRegionalIndicator && num_regional_ % 2 == 1;          // GB12, GB13
  }

  bool joins_syllable(GraphemeClass next) const {
    switch (next) {
      case kLeading:
      case kSyllable:
      case kOpenSyllable:
        return last_ == kLeading;
      case kVowel:
        return last_ == kLeading || last_ == kVowel || last_ == kOpenSyllable;
      case kTrailing:
        return last_ == kVowel || last_ == kOpenSyllable || last_ == kSyllable ||
               last_ == kTrailing;
      default:
        return false;
    }
  }

  void pass(char32_t code_point, GraphemeClass c) {
    constexpr char32_t kNonJoiner =
        0x200C;  // extends, but not between the consonants of a conjunct
    const bool extends = c == kExtend || c == kLinker || c == kJoiner;
    num_regional_ = c == kRegionalIndicator ? num_regional_ + 1 : 0;
    has_pictograph_ = c == kPictograph || (has_pictograph_ && extends && last_ != kJoiner);
    if (!extends || code_point == kNonJoiner) {
      has_consonant_ = c == kConsonant;
      has_linker_ = false;
    }
    has_linker_ = has_linker_ || c == kLinker;
    last_ = c;
  }

  GraphemeClass last_ = kOther;
  int num_regional_ = 0;
  bool has_pictograph_ = false;  ///< a pictograph, extenders, and perhaps a joiner
  bool has_consonant_ = false;   ///< a consonant, then only what may stand inside a conjunct
  bool has_linker_ = false;
};

}  // namespace

GraphemeClass grapheme_class(char32_t code_point) {
  static const ClassTable table;
  if (code_point >= 0x110000) return kOther;
  const GraphemeClass c = table.at(code_point);
  return c == kSyllable && (code_point - 0xAC00) % 28 == 0 ? kOpenSyllable : c;
}

size_t grapheme_length(std::span<const char32_t> text) {
  GraphemeWalk walk(text.front());
  size_t length = 1;
  while (length < text.size() && walk.goes_on(text[length])) ++length;
  return length;
}

}  // namespace finetune::text
