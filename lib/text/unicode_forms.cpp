#include "text/unicode_forms.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "text/unicode.h"

namespace finetune::text {
namespace {

#include "text/unicode_forms.inc"

using Edit = AlignedText::Edit;

constexpr char32_t kLeadingFirst = 0x1100, kVowelFirst = 0x1161, kTrailingFirst = 0x11A7;
constexpr char32_t kSyllableFirst = 0xAC00;
constexpr char32_t kLeadingCount = 19, kVowelCount = 21, kTrailingCount = 28;
constexpr char32_t kSyllableCount = kLeadingCount * kVowelCount * kTrailingCount;

/// Hangul composes by arithmetic (Unicode 15, section 3.12).
std::optional<char32_t> compose_hangul(char32_t first, char32_t second) {
  if (first - kLeadingFirst < kLeadingCount && second - kVowelFirst < kVowelCount) {
    const char32_t leading = first - kLeadingFirst, vowel = second - kVowelFirst;
    return kSyllableFirst + (leading * kVowelCount + vowel) * kTrailingCount;
  }
  const char32_t syllable = first - kSyllableFirst, trailing = second - kTrailingFirst;
  const bool is_open = syllable < kSyllableCount && syllable % kTrailingCount == 0;
  if (is_open && trailing > 0 && trailing < kTrailingCount) return first + trailing;
  return std::nullopt;
}

/// Puts decomposed characters into canonical order.
class Decomposer {
 public:
  explicit Decomposer(bool is_compatible) : is_compatible_(is_compatible) {}

  std::vector<Edit> run(std::u32string_view text) {
    edits_.reserve(text.size());
    for (const char32_t original : text) {
      is_first_ = true;
      const auto compatible =
          is_compatible_ ? compatible_decomposition(original) : std::span<const uint32_t>();
      for (const uint32_t part : compatible) add(part);
      if (!compatible.empty()) continue;
      for (const char32_t part : decompose(original)) add(part);
    }
    finish_run();
    return std::move(edits_);
  }

 private:
  void add(char32_t part) {
    const Edit edit{part, is_first_ ? 0 : 1};
    is_first_ = false;
    if ((char_flags(part) & kNonstarterChar) == 0) {
      finish_run();
      edits_.push_back(edit);
    } else {
      run_.push_back(edit);
    }
  }

  void finish_run() {
    std::stable_sort(run_.begin(), run_.end(), [](const Edit& a, const Edit& b) {
      return combining_class(a.to) < combining_class(b.to);
    });
    edits_.insert(edits_.end(), run_.begin(), run_.end());
    run_.clear();
  }

  bool is_compatible_;
  bool is_first_ = true;
  std::vector<Edit> edits_;
  std::vector<Edit> run_;  ///< non-starters since the last starter
};

/// Joins each starter with what follows and is not kept from it by a mark of its own class.
class Recomposer {
 public:
  std::vector<Edit> run(const std::vector<Edit>& decomposed) {
    for (const Edit& edit : decomposed) add(edit);
    finish_starter();
    return std::move(edits_);
  }

 private:
  void add(const Edit& edit) {
    const uint8_t edit_class = combining_class(edit.to);
    if (!starter_) {
      if (edit_class == 0) {
        starter_ = edit;
      } else {
        edits_.push_back(edit);
      }
      return;
    }
    const bool is_blocked = last_class_ && *last_class_ >= edit_class;
    const auto joined = is_blocked ? std::nullopt : compose(starter_->to, edit.to);
    if (joined) {
      starter_ = Edit{*joined, starter_->change + edit.change - 1};
    } else if (edit_class == 0) {
      finish_starter();
      starter_ = edit;
    } else {
      marks_.push_back(edit);
      last_class_ = edit_class;
    }
  }

  void finish_starter() {
    if (starter_) edits_.push_back(*starter_);
    edits_.insert(edits_.end(), marks_.begin(), marks_.end());
    starter_.reset();
    marks_.clear();
    last_class_.reset();
  }

  std::vector<Edit> edits_;
  std::optional<Edit> starter_;
  std::vector<Edit> marks_;  ///< that the starter has not taken up
  std::optional<uint8_t> last_class_;
};

}  // namespace

std::span<const uint32_t> compatible_decomposition(char32_t code_point) {
  const auto* found =
      std::lower_bound(std::begin(kCompatibleFrom), std::end(kCompatibleFrom), code_point);
  if (found == std::end(kCompatibleFrom) || *found != code_point) return {};
  const auto index = static_cast<size_t>(found - std::begin(kCompatibleFrom));
  return {kCompatibleTo + kCompatibleStart[index], kCompatibleTo + kCompatibleStart[index + 1]};
}

std::optional<char32_t> compose(char32_t first, char32_t second) {
  if (const auto syllable = compose_hangul(first, second)) return syllable;
  const auto* begin = std::lower_bound(std::begin(kCompositionFirst), std::end(kCompositionFirst),
                                       static_cast<uint32_t>(first));
  for (auto i = static_cast<size_t>(begin - std::begin(kCompositionFirst));
       i < std::size(kCompositionFirst) && kCompositionFirst[i] == first; ++i) {
    if (kCompositionSecond[i] == second) return kCompositionResult[i];
  }
  return std::nullopt;
}

void normalize(AlignedText& text, NormalForm form) {
  const bool is_compatible = form == NormalForm::kNfkc || form == NormalForm::kNfkd;
  std::vector<Edit> edits = Decomposer(is_compatible).run(text.chars());
  if (form == NormalForm::kNfc || form == NormalForm::kNfkc) edits = Recomposer().run(edits);
  text.transform(edits);
}

}  // namespace finetune::text
