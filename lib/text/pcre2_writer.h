#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "text/code_point_set.h"

namespace finetune::text {

/// Writes a regular expression of PCRE2, part by part.
class Pcre2Writer {
 public:
  void put(std::string_view ascii) { out_.append(ascii.begin(), ascii.end()); }
  void put(std::u32string_view text) { out_.append(text); }
  void put(char32_t c) { out_ += c; }        ///< as it is, whatever it means there
  void put_code(char32_t c);                 ///< the character itself: \x{..}
  void put_ranges(const CodePointSet& set);  ///< for the inside of a class
  void put_class(const CodePointSet& set);
  /// A place with one of `words` on one side only; not `is_wanted`: on both or on none.
  void put_boundary(const CodePointSet& words, bool is_wanted);

  std::u32string take() { return std::exchange(out_, {}); }

 private:
  std::u32string out_;
};

}  // namespace finetune::text
