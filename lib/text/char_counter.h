#pragma once

#include <cstddef>
#include <string_view>

#include "text/padded_text.h"

namespace finetune::text {

/// Counts the characters of well-formed UTF-8 before a byte; the positions asked for must not fall.
class CharCounter {
 public:
  explicit CharCounter(std::string_view text) : text_(text), is_ascii_(is_ascii(text)) {}

  bool counts_bytes() const { return is_ascii_; }  ///< every character is one

  /// Characters that begin before the byte `position`.
  size_t before(size_t position) {
    if (is_ascii_) return position;
    for (; position_ < position; ++position_) {
      count_ += (static_cast<unsigned char>(text_[position_]) & 0xC0u) != 0x80u;
    }
    return count_;
  }

 private:
  std::string_view text_;
  bool is_ascii_;
  size_t position_ = 0;
  size_t count_ = 0;
};

}  // namespace finetune::text
