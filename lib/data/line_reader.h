#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "data/byte_source.h"

namespace finetune::data {

struct Line {
  std::string_view bytes;    ///< with its line end, valid until the next call
  int64_t number = 0;        ///< 1-based
  int64_t byte = 0;          ///< 0-based offset of the first byte, after decompression
  bool is_too_long = false;  ///< `bytes` is only the beginning

  /// `bytes` without "\n" or "\r\n".
  std::string_view text() const;
};

/// Splits a source into lines ending in "\n", in bounded memory, and drops a byte-order mark at the
/// start. A line longer than `max_bytes` is handed out at once, cut; the next call skips its rest.
class LineReader {
 public:
  LineReader(std::unique_ptr<ByteSource> source, uint64_t max_bytes);

  /// The next line; false at the end.
  bool next(Line& line);

 private:
  bool fill();
  void skip_rest_of_line();

  std::unique_ptr<ByteSource> source_;
  uint64_t max_bytes_;
  std::string buffer_;
  size_t begin_ = 0;  ///< of what has not been handed out
  size_t end_ = 0;
  int64_t line_number_ = 0;
  int64_t byte_ = 0;
  bool is_inside_long_line_ = false;
};

}  // namespace finetune::data
