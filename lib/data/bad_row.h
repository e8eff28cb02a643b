#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace finetune::data {

/// Why a row cannot be used; thrown inside the room by readers, dealt with by BadRows.
struct BadRow {
  std::string_view reason;  ///< short and stable: a key of the report, e.g. "invalid_utf8"
  std::string message;      ///< for people, e.g. "column 'label' is missing"
  int64_t byte_in_row = 0;  ///< where in the row, if known
};

/// Where a row stands in its file.
struct RowOrigin {
  int64_t line = 0;      ///< 1-based, of its first line
  int64_t byte = 0;      ///< 0-based offset of its first byte, after decompression
  std::string_view raw;  ///< its bytes as they are in the file
};

}  // namespace finetune::data
