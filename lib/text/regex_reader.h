#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "text/code_point_set.h"

namespace finetune::text {

/// Why a regular expression is not translated. Thrown and caught within the translation.
struct RegexRefusal {
  std::string reason;
};

/// Reads a regular expression of Oniguruma from left to right, and its escapes.
class RegexReader {
 public:
  explicit RegexReader(std::u32string_view regex) : regex_(regex) {}

  std::u32string_view regex() const { return regex_; }
  bool at_end() const { return next_ == regex_.size(); }
  size_t place() const { return next_; }
  char32_t peek(size_t ahead = 0) const {
    return next_ + ahead < regex_.size() ? regex_[next_ + ahead] : U'\0';
  }
  char32_t take();
  bool accept(std::u32string_view text);

  /// The set behind \p{..}, \P{..}, \s, \w, \d or \h and their opposites, whose letter has been
  /// taken; nothing for another letter.
  std::optional<CodePointSet> set_escape(char32_t letter);
  /// The character that an escape stands for, inside and outside of classes.
  std::optional<char32_t> char_escape(char32_t letter);

 private:
  CodePointSet property(bool& is_opposite);
  char32_t hex(size_t most, char32_t end);

  std::u32string_view regex_;
  size_t next_ = 0;
};

/// A class in brackets: what lies between them, and whether '^' turns it round. Ignoring case, the
/// two are not the same as one set.
struct RegexClass {
  CodePointSet set;
  bool is_negated = false;

  CodePointSet members() const { return is_negated ? complement(set) : set; }
};

/// Reads the class whose '[' has been taken: unions, intersections (&&), classes within classes and
/// POSIX brackets. Throws RegexRefusal.
RegexClass read_class(RegexReader& reader);

}  // namespace finetune::text
