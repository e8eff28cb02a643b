#include "text/byte_level_words.h"

namespace finetune::text {

LetterKind letter_kind(char32_t code_point) {
  if (is_letter(code_point)) return LetterKind::kLetter;
  if (is_number(code_point)) return LetterKind::kNumber;
  return is_regex_space(code_point) ? LetterKind::kSpace : LetterKind::kOther;
}

const std::array<LetterKind, 256>& letter_kinds() {
  static const std::array<LetterKind, 256> of_byte = [] {
    std::array<LetterKind, 256> kinds{};
    kinds.fill(LetterKind::kMultibyte);
    for (unsigned char c = 0; c < 128; ++c) kinds[c] = letter_kind(c);
    return kinds;
  }();
  return of_byte;
}

}  // namespace finetune::text
