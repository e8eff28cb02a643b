#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace finetune::text {

/// Half-open range of code points of the original text.
using CharRange = std::pair<int32_t, int32_t>;

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

  void filter(const std::function<bool(char32_t)>& keep);
  void map(const std::function<char32_t(char32_t)>& to);
  void replace(const std::vector<Change>& changes);  ///< one non-inserted change per old character

  /// A character of the new text; it takes over the next num_consumed characters of the old text
  /// and stands for the first of them. 0: inserted, shares the range of the character before it.
  struct Consumption {
    char32_t to;
    size_t num_consumed;
  };
  /// Old characters that no change consumed vanish; behind the last one, its range counts.
  void consume(const std::vector<Consumption>& changes);

  void decompose_canonically();  ///< NFD
  void lower_case();             ///< each code point by itself

  size_t size() const { return chars_.size(); }
  char32_t at(size_t index) const { return chars_[index]; }
  CharRange origin(size_t index) const { return origins_[index]; }

  std::string utf8() const;

 private:
  std::vector<char32_t> chars_;
  std::vector<CharRange> origins_;
};

}  // namespace finetune::text
