#pragma once

#include <string_view>

#include "data/line_reader.h"

namespace finetune::data {

/// Throws BadRow when the bytes of a row are not text: invalid UTF-8 or a NUL.
void check_bytes(std::string_view bytes);

/// The same, and the line must have been read whole.
void check_line(const Line& line);

[[noreturn]] void refuse_long_row(std::string_view advice);

}  // namespace finetune::data
