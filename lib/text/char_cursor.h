#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text/utf8.h"

namespace finetune::text {

/// Counts the characters before a byte. The positions asked for may fall, too; each costs the way
/// from the one before.
class CharCursor {
 public:
  explicit CharCursor(std::string_view text) : text_(text) {}

  int32_t before(size_t position) {
    if (position >= position_) {
      count_ += chars_between(position_, position);
    } else {
      count_ -= chars_between(position, position_);
    }
    position_ = position;
    return count_;
  }

 private:
  int32_t chars_between(size_t begin, size_t end) const {
    return static_cast<int32_t>(count_chars(text_.substr(begin, end - begin)));
  }

  std::string_view text_;
  size_t position_ = 0;
  int32_t count_ = 0;
};

}  // namespace finetune::text
