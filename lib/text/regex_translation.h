#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace finetune::text {

/// A regular expression of Oniguruma (its Ruby-like default syntax, Unicode) in the syntax of
/// PCRE2, with the same matches: general categories, \s, \w and \b become the sets of code points
/// that Oniguruma takes them for, as its Unicode is another version.
///
/// What is not surely the same in both is refused: absent groups, callouts, conditionals, back
/// references, \K, \G, \X, rare properties, options in the middle, repeats of the form {n}? and
/// {n,m}+, and ignoring case where one character would match two.
struct Translation {
  std::u32string pattern;
  std::optional<std::string> problem;  ///< why it is refused
};
Translation translate_regex(std::u32string_view regex);

}  // namespace finetune::text
