#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace finetune::text {

/// Half-open range of code points of the original text.
using CharRange = std::pair<int32_t, int32_t>;

/// Half-open range of characters of an AlignedText.
using TextSpan = std::pair<size_t, size_t>;

/// A text on its way through normalizers, each character with the part of the original that it
/// stands for. The rules of alignment are those of NormalizedString in `tokenizers` 0.22.2: a
/// character put in place of another takes over its range, an inserted one shares the range of the
/// one before it.
class AlignedText {
 public:
  /// `first_char` is the code-point index of text[0] in the whole text. Invalid UTF-8 becomes
  /// U+FFFD.
  AlignedText(std::string_view text, int32_t first_char);

  /// A character and whether it was inserted (else it replaces the next character of the old text).
  struct Change {
    char32_t to;
    bool inserted;
  };
  /// As in NormalizedString::transform: `change` 1 inserts a character, 0 replaces the next one of
  /// the old text, -n does so and drops the n that follow it.
  struct Edit {
    char32_t to;
    int32_t change;
  };

  void filter(const std::function<bool(char32_t)>& keep);
  void map(const std::function<char32_t(char32_t)>& to);
  void replace(const std::vector<Change>& changes);  ///< one non-inserted change per old character
  /// `num_dropped` characters go from the start, then the edits follow one another.
  void transform(const std::vector<Edit>& edits, size_t num_dropped = 0);
  /// Puts `content` in place of each of the `matches` (in order, not overlapping, may be empty).
  void replace_matches(const std::vector<TextSpan>& matches, std::u32string_view content);
  void prepend(std::u32string_view text);  ///< nothing where this is empty
  /// Every character becomes its UTF-8 bytes, each written as `alphabet` says.
  void spell_bytes(const std::array<char32_t, 256>& alphabet);
  void strip(size_t num_left, size_t num_right);
  void lower_case();  ///< each code point by itself

  /// Characters [begin, end) as a text of their own.
  AlignedText slice(size_t begin, size_t end) const;

  /// Where this text, as it was last cut out, begins in the original.
  int32_t original_begin() const { return original_begin_; }

  bool empty() const { return chars_.empty(); }
  size_t size() const { return chars_.size(); }
  char32_t at(size_t index) const { return chars_[index]; }
  CharRange origin(size_t index) const { return origins_[index]; }
  std::u32string_view chars() const { return {chars_.data(), chars_.size()}; }

  std::string utf8() const;

 private:
  AlignedText() = default;
  /// The range of a character inserted before chars_[index].
  CharRange origin_of_inserted(size_t index) const;

  std::vector<char32_t> chars_;
  std::vector<CharRange> origins_;
  int32_t original_begin_ = 0;
};

}  // namespace finetune::text
