#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace finetune::text {

/// Sorted ranges of code points, both ends included.
using CodePointSet = std::vector<std::pair<char32_t, char32_t>>;

/// The code points that Oniguruma, as `tokenizers` 0.22.2 uses it, has in \p{name}: a general
/// category ("L", "Lu", "Letter"), one of the more frequent scripts ("Han", "Latin"), "Emoji", or
/// the name of a POSIX bracket ("Alpha", "Upper"). Names are compared without case, spaces, '-' and
/// '_'. Nothing where the name is not known here.
std::optional<CodePointSet> property_set(std::string_view name);

CodePointSet regex_space_set();  ///< \s
CodePointSet regex_word_set();   ///< \w
/// \w in brackets: without the superscript digits and fractions of Latin-1, a quirk of the library.
CodePointSet regex_word_set_in_class();

CodePointSet complement(const CodePointSet& set);
CodePointSet union_of(const CodePointSet& a, const CodePointSet& b);
CodePointSet intersection(const CodePointSet& a, const CodePointSet& b);

}  // namespace finetune::text
