#include "data/check_bytes.h"

#include <algorithm>

#include "base/strings.h"
#include "data/bad_row.h"

namespace finetune::data {
namespace {

/// Offset of the first byte that does not belong to a well-formed sequence.
size_t first_invalid(std::string_view bytes) {
  size_t at = 0;
  while (at < bytes.size()) {
    size_t length = 1;
    while (length < 4 && at + length < bytes.size() &&
           (static_cast<unsigned char>(bytes[at + length]) & 0xC0U) == 0x80U) {
      ++length;
    }
    // A valid sequence may be followed by stray continuation bytes: then the first of them is it.
    size_t valid = length;
    while (valid > 0 && !base::is_valid_utf8(bytes.substr(at, valid))) --valid;
    if (valid == 0) return at;
    at += valid;
  }
  return at;
}

}  // namespace

void check_bytes(std::string_view bytes) {
  const size_t nul = bytes.find('\0');
  if (nul != std::string_view::npos) {
    throw BadRow{"nul", "the row holds a NUL byte", static_cast<int64_t>(nul)};
  }
  if (!base::is_valid_utf8(bytes)) {
    throw BadRow{"invalid_utf8", "the row is not valid UTF-8",
                 static_cast<int64_t>(first_invalid(bytes))};
  }
}

void refuse_long_row(std::string_view advice) {
  throw BadRow{"too_long", base::cat("the row is longer than max_row_bytes", advice)};
}

void check_line(const Line& line) {
  if (line.is_too_long) refuse_long_row("");
  check_bytes(line.text());
}

}  // namespace finetune::data
