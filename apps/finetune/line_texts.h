#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "data/example.h"

namespace finetune::apps {

/// The texts of a line that holds a pair, separated by one tab. Throws DataError for any other
/// number of tabs.
std::pair<std::string_view, std::string_view> split_pair(std::string_view line);

/// A line of standard input as the text, or the pair of texts, to answer. Throws DataError naming
/// the line where it is not UTF-8, holds a NUL or should be a pair and is none.
data::Example to_example(std::string_view line, bool is_pair, int64_t line_number);

}  // namespace finetune::apps
